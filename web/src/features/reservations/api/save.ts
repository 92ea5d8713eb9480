import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, api, type Reservation, type ReservationStatus } from '@/api'
import { patchRow } from '@/live'
import { reservationsKey } from './list'
import { reservationQuery } from './reservation'

export interface NewReservation {
  customer_name: string
  customer_phone: string
  customer_email: string
  start_time: string
  end_time: string
  status: ReservationStatus
  price?: number | undefined
  notes: string
  /** For super admins: at which business. Owners book at their own. */
  business?: string | undefined
}

/** Shows an answer at once; the event that follows has the same version and changes nothing more. */
function keep(queryClient: QueryClient, reservation: Reservation): void {
  patchRow(queryClient, reservationsKey, reservation)
  queryClient.setQueryData(reservationQuery(reservation.id).queryKey, (known) =>
    known && known.version > reservation.version ? known : reservation,
  )
}

export const useCreateReservation = () =>
  useMutation({ mutationFn: (input: NewReservation) => api.post<Reservation>('/api/reservations/', input) })

interface Step {
  reservation: Reservation
  status: ReservationStatus
  reason?: string
}

/** Moves a reservation to another status, unless somebody changed it meanwhile. */
export function useSetStatus() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ reservation, status, reason }: Step) =>
      api.patch<Reservation>(`/api/reservations/${reservation.id}/`, {
        status,
        cancel_reason: reason,
        version: reservation.version,
      }),
    onSuccess: (reservation) => keep(queryClient, reservation),
    onError: (error) => {
      if (error instanceof ApiError && error.current) keep(queryClient, error.current)
    },
  })
}
