import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type BusinessTotals, type Position, positionsOf, recordPositions } from '@/api'

/** The owner's own totals; `at` says which events are in them already. */
export interface OwnTotals {
  totals: BusinessTotals
  at: Position | undefined
}

async function getOwnTotals(signal: AbortSignal): Promise<OwnTotals> {
  const totals = await api.get<BusinessTotals>('/api/dashboard/stats/', { signal })
  const own = { totals, at: positionsOf(totals).find((p) => p.channel.startsWith('business:')) }
  recordPositions(own, positionsOf(totals))
  return own
}

export const ownTotalsQuery = queryOptions({
  queryKey: ['owner', 'totals'],
  queryFn: ({ signal }) => getOwnTotals(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useOwnTotals = () => useQuery(ownTotalsQuery)
