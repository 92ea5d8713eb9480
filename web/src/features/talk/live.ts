import type { Handlers } from '@/live'
import { unreadMessagesQuery } from './api/unread'
import { addMessage, keepConversation, keepReceipt } from './cache'

export const talkLive: Handlers = {
  message_created: ({ payload }, queryClient) => addMessage(queryClient, payload.message),
  receipt_updated: ({ payload: { conversation, ...receipt } }, queryClient) =>
    keepReceipt(queryClient, conversation, receipt),
  conversation_updated: ({ payload }, queryClient) => {
    keepConversation(queryClient, payload.conversation)
    queryClient.setQueryData(unreadMessagesQuery.queryKey, { unread_count: payload.unread_count })
  },
}
