import type { Conversation, User } from '@/api'

/** With whom a conversation is, as the other side sees it. */
export const titleOf = (conversation: Conversation, me: User): string =>
  me.is_super_admin ? conversation.business_name : 'Fade platform'

/** What it is about; nothing for the general one. */
export const topicOf = (conversation: Conversation): string | undefined =>
  conversation.reservation ? conversation.subject : undefined
