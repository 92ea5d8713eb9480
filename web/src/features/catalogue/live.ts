import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent } from '@/api'
import { type Handlers, markFresh } from '@/live'
import { profileKey } from './api/profile'
import { keepService, keepSettings, keepStaff } from './cache'

function service(
  { payload }: LogEvent<'service_created' | 'service_updated'>,
  queryClient: QueryClient,
): void {
  keepService(queryClient, payload.service)
  markFresh(`catalogue:${payload.service.id}`)
}

function staff({ payload }: LogEvent<'staff_created' | 'staff_updated'>, queryClient: QueryClient): void {
  keepStaff(queryClient, payload.staff)
  markFresh(`catalogue:${payload.staff.id}`)
}

export const catalogueLive: Handlers = {
  service_created: service,
  service_updated: service,
  staff_created: staff,
  staff_updated: staff,
  settings_updated: ({ payload: { settings } }, queryClient) => {
    keepSettings(queryClient, settings)
    // An owner learns the hours of the profile from the booking page, which shows those of the settings too.
    void queryClient.invalidateQueries({ queryKey: profileKey(settings.business) })
  },
  business_updated: ({ payload: { business } }, queryClient) => {
    void queryClient.invalidateQueries({ queryKey: profileKey(business.id) })
  },
}
