import { queryOptions, useQuery } from '@tanstack/react-query'
import { type Analytics, api, type Position, positionOf, positionsOf, recordPositions } from '@/api'

/** The charts' figures; `at` says which events are in them already. */
export interface Charts {
  analytics: Analytics
  at: Position | undefined
}

async function getCharts(signal: AbortSignal): Promise<Charts> {
  const analytics = await api.get<Analytics>('/api/businesses/analytics/', { signal })
  const charts = { analytics, at: positionOf(analytics, 'dashboard') }
  recordPositions(charts, positionsOf(analytics))
  return charts
}

export const chartsQuery = queryOptions({
  queryKey: ['dashboard', 'charts'],
  queryFn: ({ signal }) => getCharts(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useCharts = () => useQuery(chartsQuery)
