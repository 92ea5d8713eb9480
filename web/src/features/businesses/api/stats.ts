import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type BusinessTotals } from '@/api'

export const businessStatsQuery = (id: string) =>
  queryOptions({
    queryKey: ['businesses', 'stats', id],
    queryFn: ({ signal }) => api.get<BusinessTotals>(`/api/businesses/${id}/stats/`, { signal }),
  })

export const useBusinessStats = (id: string) => useQuery(businessStatsQuery(id))
