import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent, Service, Staff } from '@/api'
import { type Handlers, markFresh } from '@/live'
import { keep } from './api/save'

function changed(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  keep(queryClient, event.payload.reservation)
  markFresh(`calendar:${event.payload.reservation.id}`)
}

function replace<T extends { id: string; version: number; business: string }>(
  queryClient: QueryClient,
  list: 'services' | 'staff',
  row: T,
): void {
  for (const [key, rows] of queryClient.getQueriesData<T[]>({ queryKey: ['calendar', list] })) {
    const business = key.at(-1)
    const known = rows?.find((r) => r.id === row.id)
    if (!rows || (business !== 'own' && business !== row.business) || (known && known.version >= row.version))
      continue
    queryClient.setQueryData(key, known ? rows.map((r) => (r.id === row.id ? row : r)) : [...rows, row])
  }
  void queryClient.invalidateQueries({ queryKey: ['calendar', 'hours'] })
}

const service = (event: LogEvent<'service_created' | 'service_updated'>, queryClient: QueryClient) =>
  replace<Service>(queryClient, 'services', event.payload.service)
const staff = (event: LogEvent<'staff_created' | 'staff_updated'>, queryClient: QueryClient) =>
  replace<Staff>(queryClient, 'staff', event.payload.staff)

export const calendarLive: Handlers = {
  reservation_created: changed,
  reservation_updated: changed,
  reservation_canceled: changed,
  service_created: service,
  service_updated: service,
  staff_created: staff,
  staff_updated: staff,
  settings_updated: (_, queryClient) =>
    void queryClient.invalidateQueries({ queryKey: ['calendar', 'hours'] }),
}
