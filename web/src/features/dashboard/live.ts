import type { QueryClient } from '@tanstack/react-query'
import type { BusinessPayload, LogEvent, PlatformTotals, ReservationPayload } from '@/api'
import { type Handlers, markFresh } from '@/live'
import { activityKinds, activityQuery, shows } from './api/activity'
import { chartsQuery } from './api/analytics'
import { type Overview, overviewQuery } from './api/stats'
import { withActivity, withBusiness, withCreated, withReservationCount, withTotals } from './cache'

/** Charts that cannot be patched are read again, but not more often than this. */
const REREAD = 10_000

const waiting = new WeakSet<QueryClient>()

function rereadCharts(queryClient: QueryClient): void {
  if (waiting.has(queryClient)) return
  waiting.add(queryClient)
  setTimeout(() => {
    waiting.delete(queryClient)
    void queryClient.invalidateQueries({ queryKey: chartsQuery.queryKey })
  }, REREAD)
}

function patchOverview(queryClient: QueryClient, change: (overview: Overview) => Overview): void {
  queryClient.setQueryData(overviewQuery.queryKey, (overview) => overview && change(overview))
}

/** Every event of the platform is a line of the feed, and carries the totals after it. */
function everyEvent(event: LogEvent, queryClient: QueryClient, totals: PlatformTotals | undefined): void {
  patchOverview(queryClient, (overview) => withTotals(overview, event, totals))
  for (const kind of activityKinds) {
    if (!shows(kind, event)) continue
    queryClient.setQueryData(activityQuery(kind).queryKey, (feed) => feed && withActivity(feed, event))
  }
  markFresh(`activity:${event.id}`)
}

function business(event: LogEvent<'business_created' | 'business_updated'>, queryClient: QueryClient): void {
  const payload: BusinessPayload = event.payload
  patchOverview(queryClient, (overview) => withBusiness(overview, payload.business))
  markFresh(`recent:${payload.business.id}`)
  everyEvent(event, queryClient, payload.stats)
}

function reservation(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  const payload: ReservationPayload = event.payload
  patchOverview(queryClient, (overview) =>
    withReservationCount(overview, payload.reservation.business, payload.business_stats),
  )
  everyEvent(event, queryClient, payload.stats)
}

function created(
  event: LogEvent<'business_created'> | LogEvent<'reservation_created'>,
  queryClient: QueryClient,
): void {
  const charts = queryClient.getQueryData(chartsQuery.queryKey)
  if (!charts) return
  const patched = withCreated(charts, event, event.payload)
  if (patched) queryClient.setQueryData(chartsQuery.queryKey, patched)
  else rereadCharts(queryClient)
}

const onDashboard = <E extends LogEvent>(event: E): boolean => event.channel === 'dashboard'

export const dashboardLive: Handlers = {
  business_created: (event, queryClient) => {
    if (!onDashboard(event)) return
    created(event, queryClient)
    business(event, queryClient)
  },
  business_updated: (event, queryClient) => {
    if (!onDashboard(event)) return
    business(event, queryClient)
    rereadCharts(queryClient)
  },
  reservation_created: (event, queryClient) => {
    if (!onDashboard(event)) return
    created(event, queryClient)
    reservation(event, queryClient)
  },
  reservation_updated: (event, queryClient) => {
    if (!onDashboard(event)) return
    reservation(event, queryClient)
    rereadCharts(queryClient)
  },
  reservation_canceled: (event, queryClient) => {
    if (!onDashboard(event)) return
    reservation(event, queryClient)
    rereadCharts(queryClient)
  },
  user_created: (event, queryClient) => {
    if (onDashboard(event)) everyEvent(event, queryClient, event.payload.stats)
  },
  user_updated: (event, queryClient) => {
    if (onDashboard(event)) everyEvent(event, queryClient, event.payload.stats)
  },
}
