import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type BookingSettings } from '@/api'

export const settingsQuery = (business: string) =>
  queryOptions({
    queryKey: ['catalogue', business, 'settings'],
    queryFn: ({ signal }) =>
      api.get<BookingSettings>('/api/booking_settings/', { query: { business }, signal }),
    staleTime: 0,
    structuralSharing: false,
  })

export const useSettings = (business: string) => useQuery(settingsQuery(business))
