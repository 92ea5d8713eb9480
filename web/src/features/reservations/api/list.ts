import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type Reservation, type ReservationStatus } from '@/api'

/** What the list shows; it lives in the page's address. */
export interface ReservationSearch {
  search?: string | undefined
  status?: ReservationStatus | undefined
  sort?: string | undefined
}

export const DEFAULT_SORT = '-created_at'

/** Whose reservations: the server gives an owner those of the own business only. */
const getReservations = (shown: ReservationSearch, cursor: string | undefined, signal: AbortSignal) =>
  api.page<Reservation>('/api/reservations/', {
    query: { search: shown.search, status: shown.status, sort: shown.sort, limit: 100, cursor },
    signal,
  })

export const reservationsKey = ['reservations', 'list'] as const

export const reservationsQuery = (shown: ReservationSearch) =>
  infiniteQueryOptions({
    queryKey: [...reservationsKey, shown],
    queryFn: ({ pageParam, signal }) => getReservations(shown, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

export const useReservations = (shown: ReservationSearch) => useInfiniteQuery(reservationsQuery(shown))
