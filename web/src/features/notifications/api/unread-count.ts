import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Notification, type Position, positionsOf, recordPositions } from '@/api'

/** How many entries are unread; `at` says which events the count knows. */
export interface Unread {
  count: number
  at: Position | undefined
}

/**
 * Reads the count from the head of the inbox: there it comes with the position it was read at, without
 * which an event that happens meanwhile would be counted twice or not at all.
 */
async function getUnread(signal: AbortSignal): Promise<Unread> {
  const { body, header } = await api.getWithHeader<Notification[]>(
    '/api/notifications/',
    'Fade-Unread-Count',
    {
      query: { limit: 1 },
      signal,
    },
  )
  const unread = { count: Number(header ?? 0), at: positionsOf(body)[0] }
  recordPositions(unread, positionsOf(body))
  return unread
}

export const unreadQuery = queryOptions({
  queryKey: ['notifications', 'unread'],
  queryFn: ({ signal }) => getUnread(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useUnreadCount = (): number => useQuery(unreadQuery).data?.count ?? 0
