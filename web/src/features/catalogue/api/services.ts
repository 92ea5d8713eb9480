import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Service } from '@/api'

export const servicesQuery = (business: string) =>
  queryOptions({
    queryKey: ['catalogue', business, 'services'],
    queryFn: ({ signal }) => api.get<Service[]>('/api/services/', { query: { business }, signal }),
    // Nobody follows the business's channel while its page is closed.
    staleTime: 0,
    // An answer is known by itself to whoever keeps its place in the log.
    structuralSharing: false,
  })

export const useServices = (business: string) => useQuery(servicesQuery(business))
