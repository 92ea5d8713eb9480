import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type BookingSettings } from '@/api'
import { keepSettings } from '../cache'

/** The fields that a person fills in; each tab sends its own. */
export type SettingsInput = Omit<BookingSettings, 'business' | 'updated_at' | 'version'>

export function useUpdateSettings(business: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<SettingsInput> & { version: number }) =>
      api.patch<BookingSettings>('/api/booking_settings/', change, { query: { business } }),
    onSuccess: (settings) => keepSettings(queryClient, settings),
  })
}
