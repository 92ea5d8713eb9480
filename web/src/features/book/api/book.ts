import { useMutation } from '@tanstack/react-query'
import { type BookedReservation, publicApi } from '@/api'
import { sessionHeader } from '../session'

export interface NewBooking {
  subdomain: string
  hold: string | undefined
  service: string | undefined
  staff: string | undefined
  start_time: string
  customer_name: string
  customer_email: string
  customer_phone: string
  notes: string
}

/** Books. The key stays the same over the tries of one booking, so that a lost answer cannot book twice. */
export const useBook = () =>
  useMutation({
    mutationFn: ({ booking, key }: { booking: NewBooking; key: string }) =>
      publicApi.post<BookedReservation>('/api/reservations/', booking, {
        headers: sessionHeader(),
        idempotencyKey: key,
      }),
  })
