import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { type BookedReservation, publicApi, randomId } from '@/api'
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

/** Books. What is sent again has the key that it had, so that a lost answer cannot book twice. */
export function useBook() {
  const sent = useRef({ body: '', key: '' })
  return useMutation({
    mutationFn: (booking: NewBooking) => {
      const body = JSON.stringify(booking)
      if (body !== sent.current.body) sent.current = { body, key: randomId() }
      return publicApi.post<BookedReservation>('/api/reservations/', booking, {
        headers: sessionHeader(),
        idempotencyKey: sent.current.key,
      })
    },
  })
}
