import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { BookingSettings, Service, Staff } from '@/api'
import { servicesQuery } from './api/services'
import { settingsQuery } from './api/settings'
import { staffQuery } from './api/staff'

interface Row {
  id: string
  name: string
  is_active: boolean
  version: number
}

/** As the server orders them: active first, by name. */
const before = (a: Row, b: Row): number =>
  Number(b.is_active) - Number(a.is_active) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id)

/** The rows with one more, or with a newer version of one; an older one changes nothing. */
export function withRow<T extends Row>(rows: T[], row: T): T[] {
  const known = rows.find((r) => r.id === row.id)
  if (known && known.version >= row.version) return rows
  return [...rows.filter((r) => r !== known), row].sort(before)
}

function keepRow<T extends Row>(queryClient: QueryClient, queryKey: QueryKey, row: T): void {
  queryClient.setQueryData<T[]>(queryKey, (rows) => rows && withRow(rows, row))
}

/* Shows an answer or an event at once. Of the two, whichever comes later has the same version and changes
   nothing more. */

export const keepService = (queryClient: QueryClient, service: Service): void =>
  keepRow(queryClient, servicesQuery(service.business).queryKey, service)

export const keepStaff = (queryClient: QueryClient, member: Staff): void =>
  keepRow(queryClient, staffQuery(member.business).queryKey, member)

export const keepSettings = (queryClient: QueryClient, settings: BookingSettings): void => {
  queryClient.setQueryData(settingsQuery(settings.business).queryKey, (known) =>
    known && known.version < settings.version ? settings : known,
  )
}
