import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type BookingPage, type Service, type Staff } from '@/api'

/** What the calendar needs to know of a business: its services, its staff and when it is open. */
export const servicesQuery = (business: string | undefined) =>
  queryOptions({
    queryKey: ['calendar', 'services', business ?? 'own'],
    queryFn: ({ signal }) => api.get<Service[]>('/api/services/', { query: { business }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const staffQuery = (business: string | undefined) =>
  queryOptions({
    queryKey: ['calendar', 'staff', business ?? 'own'],
    queryFn: ({ signal }) => api.get<Staff[]>('/api/staff/', { query: { business }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

const hoursQuery = (subdomain: string) =>
  queryOptions({
    queryKey: ['calendar', 'hours', subdomain],
    queryFn: ({ signal }) => api.get<BookingPage>(`/api/book/${subdomain}/`, { signal }),
  })

export const useServices = (business: string | undefined) => useQuery(servicesQuery(business))
export const useStaff = (business: string | undefined) => useQuery(staffQuery(business))
export const useHours = (subdomain: string) => useQuery(hoursQuery(subdomain))
