import type { QueryClient } from '@tanstack/react-query'
import type { Business, LogEvent } from '@/api'
import { type Handlers, insertRow, markFresh, patchRow, patchRows } from '@/live'
import { businessQuery } from './api/business'
import { type BusinessSearch, businessesKey, DEFAULT_SORT } from './api/list'
import { businessStatsQuery } from './api/stats'

/** Where a new business stands in a list. */
function place(business: Business, shown: BusinessSearch): 'first' | 'somewhere' | 'absent' {
  if (shown.status && (shown.status === 'active') !== business.is_active) return 'absent'
  if (shown.type && shown.type !== business.business_type) return 'absent'
  return shown.search || (shown.sort ?? DEFAULT_SORT) !== DEFAULT_SORT ? 'somewhere' : 'first'
}

function changed(event: LogEvent<'business_created' | 'business_updated'>, queryClient: QueryClient): void {
  if (event.channel !== 'dashboard') return
  const { business } = event.payload
  patchRow(queryClient, businessesKey, business)
  queryClient.setQueryData(businessQuery(business.id).queryKey, (known) =>
    known && known.version < business.version ? business : known,
  )
  if (event.type === 'business_created') {
    insertRow<Business, BusinessSearch>(queryClient, businessesKey, business, (shown) =>
      place(business, shown),
    )
  }
  markFresh(`business:${business.id}`)
}

function counted(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  if (event.channel !== 'dashboard') return
  const { reservation, business_stats: stats } = event.payload
  const count = stats.total_reservations
  const withCount = (business: Business): Business =>
    business.id === reservation.business && business.reservation_count !== count
      ? { ...business, reservation_count: count }
      : business
  patchRows<Business>(queryClient, businessesKey, withCount)
  queryClient.setQueryData(businessQuery(reservation.business).queryKey, (known) => known && withCount(known))
  queryClient.setQueryData(businessStatsQuery(reservation.business).queryKey, (known) => known && stats)
}

export const businessesLive: Handlers = {
  business_created: changed,
  business_updated: changed,
  reservation_created: counted,
  reservation_updated: counted,
  reservation_canceled: counted,
}
