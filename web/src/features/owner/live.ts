import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent } from '@/api'
import { type Handlers, insertRow, markFresh, patchRow } from '@/live'
import { rereadDays } from './api/days'
import { ownTotalsQuery } from './api/stats'
import { upcomingKey } from './api/upcoming'

function changed(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  if (!event.channel.startsWith('business:')) return
  const { reservation, business_stats: totals } = event.payload
  queryClient.setQueryData(ownTotalsQuery.queryKey, (own) =>
    own && (own.at === undefined || event.seq > own.at.seq)
      ? { totals, at: own.at && { ...own.at, seq: event.seq } }
      : own,
  )
  rereadDays(queryClient)
  patchRow(queryClient, upcomingKey, reservation)
  if (event.type === 'reservation_created')
    insertRow(queryClient, upcomingKey, reservation, () => 'somewhere')
  markFresh(`upcoming:${reservation.id}`)
}

export const ownerLive: Handlers = {
  reservation_created: changed,
  reservation_updated: changed,
  reservation_canceled: changed,
}
