import { queryOptions, useQuery } from '@tanstack/react-query'
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
