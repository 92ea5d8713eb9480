import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type Reservation } from '@/api'

/** How many of the next appointments the overview lists. */
const SHOWN = 20

/** The next appointments, soonest first. From the start of this hour, so that the one under way is there. */
const getUpcoming = (signal: AbortSignal) => {
  const from = new Date()
  from.setMinutes(0, 0, 0)
  return api.page<Reservation>('/api/reservations/', {
    query: { from: from.toISOString(), sort: 'start_time', limit: SHOWN },
    signal,
  })
}

export const upcomingKey = ['owner', 'upcoming'] as const

export const upcomingQuery = infiniteQueryOptions({
  queryKey: [...upcomingKey, 'next'],
  queryFn: ({ signal }) => getUpcoming(signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: () => undefined,
})

export const useUpcoming = () => useInfiniteQuery(upcomingQuery)
