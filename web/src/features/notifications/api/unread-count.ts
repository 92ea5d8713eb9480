import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Position, positionsOf, recordPositions } from '@/api'

/** How many entries are unread; `at` says which events the count knows. */
export interface Unread {
  count: number
  at: Position | undefined
}

async function getUnread(signal: AbortSignal): Promise<Unread> {
  const answer = await api.get<{ unread_count: number }>('/api/notifications/unread_count/', { signal })
  const unread = { count: answer.unread_count, at: positionsOf(answer)[0] }
  recordPositions(unread, positionsOf(answer))
  return unread
}

export const unreadQuery = queryOptions({
  queryKey: ['notifications', 'unread'],
  queryFn: ({ signal }) => getUnread(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useUnreadCount = (): number => useQuery(unreadQuery).data?.count ?? 0
