import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent, Reservation } from '@/api'
import { type Handlers, insertRow, markFresh, patchRow } from '@/live'
import { DEFAULT_SORT, type ReservationSearch, reservationsKey } from './api/list'
import { reservationQuery } from './api/reservation'

/** Where a new reservation stands in a list. */
function place(reservation: Reservation, shown: ReservationSearch): 'first' | 'somewhere' | 'absent' {
  if (shown.status && shown.status !== reservation.status) return 'absent'
  return shown.search || (shown.sort ?? DEFAULT_SORT) !== DEFAULT_SORT ? 'somewhere' : 'first'
}

function changed(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  const { reservation } = event.payload
  patchRow(queryClient, reservationsKey, reservation)
  queryClient.setQueryData(reservationQuery(reservation.id).queryKey, (known) =>
    known && known.version < reservation.version ? reservation : known,
  )
  if (event.type === 'reservation_created') {
    insertRow<Reservation, ReservationSearch>(queryClient, reservationsKey, reservation, (shown) =>
      place(reservation, shown),
    )
  }
  markFresh(`reservation:${reservation.id}`)
}

export const reservationsLive: Handlers = {
  reservation_created: changed,
  reservation_updated: changed,
  reservation_canceled: changed,
}
