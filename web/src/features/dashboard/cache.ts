import type { InfiniteData } from '@tanstack/react-query'
import type { Business, BusinessTotals, LogEvent, PlatformTotals, Position, Reservation } from '@/api'
import type { ActivityEvent, ActivityPage } from './api/activity'
import type { Charts } from './api/analytics'
import type { Overview } from './api/stats'

/** How many businesses the dashboard lists as recent. */
const RECENT = 5
/** How many events the feed holds at most; what falls off its end can be loaded again. */
const FEED = 300

type Place = Pick<LogEvent, 'channel' | 'seq'>

/** Whether figures read at a position lack an event. */
const lacks = (at: Position | undefined, { seq }: Place) => at === undefined || seq > at.seq

const moved = (at: Position | undefined, { seq }: Place): Position | undefined => (at ? { ...at, seq } : at)

/** The totals as the event tells them. */
export function withTotals(overview: Overview, event: Place, totals: PlatformTotals | undefined): Overview {
  if (!totals || !lacks(overview.at, event)) return overview
  return { ...overview, totals, at: moved(overview.at, event) }
}

/** The recent businesses with one that is new or has changed; only a newer version counts. */
export function withBusiness(overview: Overview, business: Business): Overview {
  const known = overview.recent.find((b) => b.id === business.id)
  if (known) {
    if (known.version >= business.version) return overview
    return { ...overview, recent: overview.recent.map((b) => (b.id === business.id ? business : b)) }
  }
  const oldest = overview.recent.at(-1)
  if (oldest && overview.recent.length >= RECENT && business.created_at <= oldest.created_at) return overview
  const recent = [business, ...overview.recent]
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, RECENT)
  return { ...overview, recent }
}

/** The recent businesses with one's count of reservations. */
export function withReservationCount(overview: Overview, business: string, totals: BusinessTotals): Overview {
  const count = totals.total_reservations
  if (!overview.recent.some((b) => b.id === business && b.reservation_count !== count)) return overview
  return {
    ...overview,
    recent: overview.recent.map((b) => (b.id === business ? { ...b, reservation_count: count } : b)),
  }
}

/** The feed with a new event at its head. */
export function withActivity<P>(
  feed: InfiniteData<ActivityPage, P>,
  event: ActivityEvent,
): InfiniteData<ActivityPage, P> {
  const [first, ...rest] = feed.pages
  if (!first || (first.items[0] && event.seq <= first.items[0].seq)) return feed
  const pages = [{ ...first, items: [event, ...first.items] }, ...rest]
  const params = [...feed.pageParams]
  let size = pages.reduce((sum, page) => sum + page.items.length, 0)
  while (size > FEED && pages.length > 1) {
    size -= pages.pop()?.items.length ?? 0
    params.pop()
  }
  const last = pages[0]
  if (pages.length === 1 && last && size > FEED) {
    const items = last.items.slice(0, FEED)
    pages[0] = { items, before: items.at(-1)?.seq }
  }
  return { pages, pageParams: params }
}

/**
 * The charts with something that was created. Undefined when only the server can say: the charts do not
 * say which events they know, or a new month has begun.
 */
export function withCreated(
  charts: Charts,
  event: Place,
  created: { business: Business } | { reservation: Reservation },
): Charts | undefined {
  if (charts.at === undefined) return undefined
  if (!lacks(charts.at, event)) return charts
  const { analytics } = charts
  const row = 'business' in created ? created.business : created.reservation
  const month = new Date(row.created_at).toISOString().slice(0, 7)
  if (
    analytics.businessGrowth.at(-1)?.month !== month ||
    analytics.reservationTrends.at(-1)?.month !== month
  ) {
    return undefined
  }
  const at = moved(charts.at, event)
  if ('business' in created) {
    const { business_type: type, is_active } = created.business
    if (!analytics.businessTypes.some((t) => t.name === type)) return undefined
    return {
      at,
      analytics: {
        ...analytics,
        activeBusinesses: analytics.activeBusinesses + (is_active ? 1 : 0),
        businessGrowth: analytics.businessGrowth.map((m) =>
          m.month === month ? { ...m, businesses: m.businesses + 1 } : m,
        ),
        businessTypes: analytics.businessTypes.map((t) =>
          t.name === type ? { ...t, value: t.value + 1 } : t,
        ),
      },
    }
  }
  const { status, price } = created.reservation
  const earned = status === 'confirmed' || status === 'completed' ? price : 0
  return {
    at,
    analytics: {
      ...analytics,
      totalReservations: analytics.totalReservations + 1,
      totalRevenue: analytics.totalRevenue + earned,
      businessGrowth: analytics.businessGrowth.map((m) =>
        m.month === month ? { ...m, reservations: m.reservations + 1, revenue: m.revenue + earned } : m,
      ),
      reservationTrends: analytics.reservationTrends.map((m) =>
        m.month === month ? { ...m, [status]: m[status] + 1 } : m,
      ),
    },
  }
}
