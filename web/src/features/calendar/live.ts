import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent, Reservation, Service, Staff } from '@/api'
import { type Handlers, markFresh } from '@/live'
import { pendingKey } from './api/pending'
import { putReservation } from './api/range'
import { keep } from './api/save'

function changed(
  event: LogEvent<'reservation_created' | 'reservation_updated' | 'reservation_canceled'>,
  queryClient: QueryClient,
): void {
  const { reservation } = event.payload
  keep(queryClient, reservation)
  if (event.type === 'reservation_created') {
    putReservation(queryClient, reservation)
    addPending(queryClient, reservation)
  }
  markFresh(`calendar:${reservation.id}`)
}

function addPending(queryClient: QueryClient, reservation: Reservation): void {
  if (reservation.status !== 'pending') return
  for (const [key, rows] of queryClient.getQueriesData<Reservation[]>({ queryKey: pendingKey })) {
    const business = key.at(-1)
    const elsewhere = business !== 'own' && business !== reservation.business
    if (!rows || elsewhere || rows.some((row) => row.id === reservation.id)) continue
    const next = [...rows, reservation].sort((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time))
    queryClient.setQueryData(key, next)
  }
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
