import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Business } from '@/api'

export const businessQuery = (id: string) =>
  queryOptions({
    queryKey: ['businesses', 'one', id],
    queryFn: ({ signal }) => api.get<Business>(`/api/businesses/${id}/`, { signal }),
  })

export const useBusiness = (id: string) => useQuery(businessQuery(id))
