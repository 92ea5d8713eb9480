import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '@/api'

export const unreadMessagesQuery = queryOptions({
  queryKey: ['talk', 'unread'],
  queryFn: ({ signal }) => api.get<{ unread_count: number }>('/api/conversations/unread_count/', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** How many messages one has not read, over all conversations. */
export const useUnreadMessages = (): number => useQuery(unreadMessagesQuery).data?.unread_count ?? 0
