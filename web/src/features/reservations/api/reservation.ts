import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Reservation } from '@/api'

export const reservationQuery = (id: string) =>
  queryOptions({
    queryKey: ['reservations', 'one', id],
    queryFn: ({ signal }) => api.get<Reservation>(`/api/reservations/${id}/`, { signal }),
  })

export const useReservation = (id: string) => useQuery(reservationQuery(id))
