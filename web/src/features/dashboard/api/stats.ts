import { queryOptions, useQuery } from '@tanstack/react-query'
import {
  api,
  type Business,
  type DashboardStats,
  type PlatformTotals,
  type Position,
  positionOf,
  positionsOf,
  recordPositions,
} from '@/api'

/** The totals with the newest businesses; `at` says which events are in the totals already. */
export interface Overview {
  totals: PlatformTotals
  recent: Business[]
  at: Position | undefined
}

async function getOverview(signal: AbortSignal): Promise<Overview> {
  const stats = await api.get<DashboardStats>('/api/businesses/dashboard_stats/', { signal })
  const { recent_businesses: recent, ...totals } = stats
  const overview = { totals, recent, at: positionOf(stats, 'dashboard') }
  recordPositions(overview, positionsOf(stats))
  return overview
}

export const overviewQuery = queryOptions({
  queryKey: ['dashboard', 'overview'],
  queryFn: ({ signal }) => getOverview(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const useOverview = () => useQuery(overviewQuery)
