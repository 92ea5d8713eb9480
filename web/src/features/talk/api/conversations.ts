import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Conversation } from '@/api'

/** Conversations, newest activity first; of those, the ones in which the words of a search occur. */
export const conversationsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['talk', 'conversations', search],
    queryFn: ({ pageParam, signal }) =>
      api.page<Conversation>('/api/conversations/', {
        query: { search, cursor: pageParam, limit: 30 },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useConversations = (search: string) => useInfiniteQuery(conversationsQuery(search))

/** One, with who takes part and how far they are. */
export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['talk', 'conversation', id],
    queryFn: ({ signal }) => api.get<Conversation>(`/api/conversations/${id}/`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useConversation = (id: string) => useQuery(conversationQuery(id))
