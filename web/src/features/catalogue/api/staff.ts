import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Staff } from '@/api'

export const staffQuery = (business: string) =>
  queryOptions({
    queryKey: ['catalogue', business, 'staff'],
    queryFn: ({ signal }) => api.get<Staff[]>('/api/staff/', { query: { business }, signal }),
    staleTime: 0,
    structuralSharing: false,
  })

export const useStaff = (business: string) => useQuery(staffQuery(business))
