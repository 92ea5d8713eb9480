import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type SystemView } from '@/api'

/** Every server renews its figures that often, in ms. */
const POLL = 2_000

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => api.get<SystemView>('/api/system/', { signal }),
  staleTime: 0,
  // Rests while the tab is hidden, and asks at once when it is shown again.
  refetchInterval: POLL,
  refetchOnWindowFocus: true,
})

export const useSystem = () => useQuery(systemQuery)
