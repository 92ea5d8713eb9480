import { type QueryClient, useMutation, useMutationState, useQueryClient } from '@tanstack/react-query'
import { ApiError, api, type Reservation } from '@/api'
import { putPending } from './pending'
import { putReservation } from './range'

export type Change = Partial<
  Pick<Reservation, 'status' | 'start_time' | 'end_time' | 'staff' | 'service' | 'cancel_reason'>
>

export interface Walkin {
  business: string | undefined
  service: string | undefined
  staff: string | undefined
  start_time: string
  customer_name: string
  customer_phone: string
}

/** Shows a reservation everywhere in the calendar. */
export function keep(
  queryClient: QueryClient,
  reservation: Reservation,
  newer?: (known: Reservation) => boolean,
): void {
  putReservation(queryClient, reservation, newer)
  putPending(queryClient, reservation, newer)
}

/** What a change makes of a reservation, as far as the page can tell before the server has. */
function foreseen(reservation: Reservation, change: Change): Reservation {
  const next = { ...reservation, ...change }
  if (change.start_time && !change.end_time) {
    const length = Date.parse(reservation.end_time) - Date.parse(reservation.start_time)
    next.end_time = new Date(Date.parse(change.start_time) + length).toISOString()
  }
  return next
}

interface Input {
  reservation: Reservation
  change: Change
}

const changeKey = ['calendar', 'change']

/** The reservations whose change is under way: another would be of a version that is about to pass. */
export function useBusy(): ReadonlySet<string> {
  const ids = useMutationState({
    filters: { mutationKey: changeKey, status: 'pending' },
    select: (mutation) => (mutation.state.variables as Input).reservation.id,
  })
  return new Set(ids)
}

/** Changes a reservation: it shows at once, and as it is if the server says no. */
export function useChange() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: changeKey,
    mutationFn: ({ reservation, change }: Input) =>
      api.patch<Reservation>(`/api/reservations/${reservation.id}/`, {
        ...change,
        version: reservation.version,
      }),
    onMutate: ({ reservation, change }) =>
      keep(queryClient, foreseen(reservation, change), (known) => known.version === reservation.version),
    onError: (error, { reservation }) => {
      keep(queryClient, reservation, (known) => known.version === reservation.version)
      if (error instanceof ApiError && error.current) keep(queryClient, error.current)
    },
    onSuccess: (reservation) => keep(queryClient, reservation),
  })
}

export function useWalkin() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (walkin: Walkin) =>
      api.post<Reservation>('/api/reservations/', { ...walkin, status: 'confirmed' }),
    onSuccess: (reservation) => keep(queryClient, reservation),
  })
}
