import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, positionsOf, type Reservation, recordPositions } from '@/api'

export interface Range {
  /** Undefined for an owner, who has one. */
  business: string | undefined
  /** Instants: starts from `from` until just before `to`. */
  from: string
  to: string
}

export const rangeKey = ['calendar', 'range'] as const

const PAGE = 500

/** All reservations that start in a range, with those that have been canceled. */
async function getRange(range: Range, signal: AbortSignal): Promise<Reservation[]> {
  const all: Reservation[] = []
  let cursor: string | undefined
  let at: ReturnType<typeof positionsOf> | undefined
  do {
    const page = await api.page<Reservation>('/api/reservations/', {
      query: { ...range, sort: 'start_time', limit: PAGE, cursor },
      signal,
    })
    at ??= positionsOf(page) // the first: events that later pages know of already change nothing
    all.push(...page.items)
    cursor = page.next
  } while (cursor)
  recordPositions(all, at)
  return all
}

export const rangeQuery = (range: Range) =>
  queryOptions({
    queryKey: [...rangeKey, range],
    queryFn: ({ signal }) => getRange(range, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useRange = (range: Range) =>
  useQuery({ ...rangeQuery(range), placeholderData: (known) => known })

/** Puts a reservation where it belongs now: into ranges it has come to, and out of those it has left. */
export function putReservation(
  queryClient: QueryClient,
  reservation: Reservation,
  newer: (known: Reservation) => boolean = (known) => reservation.version > known.version,
): void {
  for (const [key, rows] of queryClient.getQueriesData<Reservation[]>({ queryKey: rangeKey })) {
    if (!rows) continue
    const range = key.at(-1) as Range
    const next = withReservation(rows, range, reservation, newer)
    if (next === rows) continue
    recordPositions(next, positionsOf(rows))
    queryClient.setQueryData(key, next)
  }
}

export function withReservation(
  rows: Reservation[],
  range: Range,
  reservation: Reservation,
  newer: (known: Reservation) => boolean = (known) => reservation.version > known.version,
): Reservation[] {
  const known = rows.find((row) => row.id === reservation.id)
  const foreign = range.business !== undefined && range.business !== reservation.business
  const inside =
    !foreign &&
    Date.parse(reservation.start_time) >= Date.parse(range.from) &&
    Date.parse(reservation.start_time) < Date.parse(range.to)
  if (known && !newer(known)) return rows
  if (!known && !inside) return rows
  const others = rows.filter((row) => row.id !== reservation.id)
  return inside ? [...others, reservation] : others
}
