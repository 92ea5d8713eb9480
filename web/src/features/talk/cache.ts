import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { ChatMessage, Conversation, Page, Participant } from '@/api'
import { conversationQuery } from './api/conversations'
import { messagesQuery } from './api/messages'

/** Puts a message where its number belongs, once. */
export function addMessage(queryClient: QueryClient, message: ChatMessage): void {
  queryClient.setQueryData(messagesQuery(message.conversation).queryKey, (data) => {
    const [first, ...rest] = data?.pages ?? []
    if (!data || !first || data.pages.some((page) => page.items.some((m) => m.id === message.id))) return data
    const items = [...first.items, message].sort((a, b) => b.number - a.number)
    return { ...data, pages: [{ ...first, items }, ...rest] }
  })
}

/** Puts a newer state of a conversation into what is shown of it, and to the top of the lists. */
export function keepConversation(queryClient: QueryClient, conversation: Conversation): void {
  queryClient.setQueryData(conversationQuery(conversation.id).queryKey, (known) =>
    known && known.version > conversation.version
      ? known
      : {
          ...conversation,
          participants: conversation.participants.length
            ? conversation.participants
            : (known?.participants ?? []),
        },
  )
  for (const [key, data] of queryClient.getQueriesData<InfiniteData<Page<Conversation>, string | undefined>>({
    queryKey: ['talk', 'conversations'],
  })) {
    if (!data) continue
    const known = data.pages.flatMap((page) => page.items).find((c) => c.id === conversation.id)
    if (!known && key.at(-1) !== '') continue // whether it belongs to a search, only the server knows
    if (known && known.version > conversation.version) continue
    const isNew = !known || known.last_number < conversation.last_number
    const pages = data.pages.map((page) => ({
      ...page,
      items: isNew
        ? page.items.filter((c) => c.id !== conversation.id)
        : page.items.map((c) => (c.id === conversation.id ? conversation : c)),
    }))
    const [first, ...rest] = pages
    if (first)
      queryClient.setQueryData(key, {
        ...data,
        pages: isNew ? [{ ...first, items: [conversation, ...first.items] }, ...rest] : pages,
      })
  }
}

/** Moves a participant's receipts; they only grow. */
export function keepReceipt(queryClient: QueryClient, conversation: string, receipt: Participant): void {
  queryClient.setQueryData(
    conversationQuery(conversation).queryKey,
    (known) =>
      known && {
        ...known,
        participants: known.participants.some((p) => p.user === receipt.user)
          ? known.participants.map((p) => (p.user === receipt.user ? further(p, receipt) : p))
          : [...known.participants, receipt],
      },
  )
}

function further(known: Participant, next: Participant): Participant {
  return {
    ...known,
    ...(next.delivered_number > known.delivered_number
      ? { delivered_number: next.delivered_number, delivered_at: next.delivered_at }
      : {}),
    ...(next.read_number > known.read_number ? { read_number: next.read_number, read_at: next.read_at } : {}),
  }
}
