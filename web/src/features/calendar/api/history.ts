import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Reservation } from '@/api'

const SHOWN = 50

/** What a customer has booked before and will come for, by their number; the newest first. */
const historyQuery = (business: string, phone: string) =>
  queryOptions({
    queryKey: ['calendar', 'history', business, phone],
    queryFn: ({ signal }) =>
      api.page<Reservation>('/api/reservations/', {
        query: { business, phone, sort: '-start_time', limit: SHOWN },
        signal,
      }),
    enabled: phone.replace(/\D/g, '').length > 0,
  })

export const useHistory = (business: string, phone: string) => useQuery(historyQuery(business, phone))
