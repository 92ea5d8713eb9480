import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type DeliveryStats } from '@/api'

export const statsQuery = queryOptions({
  queryKey: ['deliveries', 'stats'],
  queryFn: ({ signal }) => api.get<DeliveryStats>('/api/deliveries/stats/', { signal }),
  staleTime: 0,
  refetchInterval: 3_000,
})

export const useStats = () => useQuery(statsQuery)
