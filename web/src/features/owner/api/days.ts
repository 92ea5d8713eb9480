import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, type OwnAnalytics } from '@/api'

const SHOWN = 30

/** The last days: what was booked on each, and what has become of it. */
const daysQuery = queryOptions({
  queryKey: ['owner', 'days'],
  queryFn: ({ signal }) =>
    api.get<OwnAnalytics>('/api/dashboard/analytics/', { query: { days: SHOWN }, signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useDays = () => useQuery(daysQuery)

const REREAD = 2_000

const due = new WeakSet<QueryClient>()

/** An event does not say what a reservation was before it: the bars are read again, but not for each of many. */
export function rereadDays(queryClient: QueryClient): void {
  if (due.has(queryClient)) return
  due.add(queryClient)
  setTimeout(() => {
    due.delete(queryClient)
    void queryClient.invalidateQueries({ queryKey: daysQuery.queryKey })
  }, REREAD)
}
