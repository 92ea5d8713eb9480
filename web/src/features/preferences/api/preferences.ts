import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type Preferences, type Rule, type Rules } from '@/api'

/** The preferences with their rules by the type of an event, which the generated shape leaves open. */
export type OwnPreferences = Omit<Preferences, 'rules' | 'defaults'> & {
  rules: Record<string, Rules>
  defaults: Record<string, Rules>
}

/** What can be changed; rules are merged, so only those that change are sent. */
export interface PreferencesChange {
  timezone?: string
  quiet_start?: string | null
  quiet_end?: string | null
  digest?: string
  digest_at?: string
  rules?: Record<string, Partial<Record<keyof Rules, Rule>>>
  version: number
}

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => api.get<OwnPreferences>('/api/preferences/', { signal }),
  staleTime: 0,
})

export const usePreferences = () => useQuery(preferencesQuery)

export function useSavePreferences() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: PreferencesChange) => api.patch<OwnPreferences>('/api/preferences/', change),
    onSuccess: (saved) => queryClient.setQueryData(preferencesQuery.queryKey, saved),
  })
}
