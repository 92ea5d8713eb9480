import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, positionsOf, type Reservation, recordPositions } from '@/api'

export const pendingKey = ['calendar', 'pending'] as const

const SHOWN = 100

async function getPending(business: string | undefined, signal: AbortSignal): Promise<Reservation[]> {
  const page = await api.page<Reservation>('/api/reservations/', {
    query: { business, status: 'pending', from: new Date().toISOString(), sort: 'start_time', limit: SHOWN },
    signal,
  })
  recordPositions(page.items, positionsOf(page))
  return page.items
}

/** Coming reservations that wait for an answer, the soonest first. */
export const pendingQuery = (business: string | undefined) =>
  queryOptions({
    queryKey: [...pendingKey, business ?? 'own'],
    queryFn: ({ signal }) => getPending(business, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const usePending = (business: string | undefined) => useQuery(pendingQuery(business))

/** Puts a reservation where it belongs now: into the list while it waits, and out of it afterwards. */
export function putPending(
  queryClient: QueryClient,
  reservation: Reservation,
  newer: (known: Reservation) => boolean = (known) => reservation.version > known.version,
): void {
  for (const [key, rows] of queryClient.getQueriesData<Reservation[]>({ queryKey: pendingKey })) {
    const business = key.at(-1)
    if (!rows || (business !== 'own' && business !== reservation.business)) continue
    const next = withPending(rows, reservation, newer)
    if (next === rows) continue
    recordPositions(next, positionsOf(rows))
    queryClient.setQueryData(key, next)
  }
}

export function withPending(
  rows: Reservation[],
  reservation: Reservation,
  newer: (known: Reservation) => boolean = (known) => reservation.version > known.version,
): Reservation[] {
  const known = rows.find((row) => row.id === reservation.id)
  const waits = reservation.status === 'pending'
  if (known ? !newer(known) : !waits) return rows
  const others = rows.filter((row) => row.id !== reservation.id)
  if (!waits) return others
  return [...others, reservation].sort((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time))
}
