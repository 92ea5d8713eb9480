import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type ChatMessage, positionsOf, recordPositions } from '@/api'

export interface MessagePage {
  items: ChatMessage[]
  /** Where the older ones begin; undefined at the beginning of the conversation. */
  before: number | undefined
}

const PAGE = 40

async function getMessages(
  id: string,
  search: string,
  before: number | undefined,
  signal: AbortSignal,
): Promise<MessagePage> {
  const messages = await api.get<ChatMessage[]>(`/api/conversations/${id}/messages/`, {
    query: { limit: PAGE, before, search },
    signal,
  })
  const page = { items: messages, before: messages.length < PAGE ? undefined : messages.at(-1)?.number }
  recordPositions(page, positionsOf(messages))
  return page
}

/** The messages of a conversation, newest first; of those, the ones in which the words of a search occur. */
export const messagesQuery = (id: string, search = '') =>
  infiniteQueryOptions({
    queryKey: ['talk', 'messages', id, search],
    queryFn: ({ pageParam, signal }) => getMessages(id, search, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.before,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useMessages = (id: string, search: string) => useInfiniteQuery(messagesQuery(id, search))
