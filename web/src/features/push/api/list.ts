import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type PushDevice } from '@/api'

/** One's own devices, newest first. When each was last used changes by itself, so it is read again when it is shown. */
export const devicesQuery = queryOptions({
  queryKey: ['push', 'devices'],
  queryFn: ({ signal }) => api.get<PushDevice[]>('/api/push/subscriptions/', { signal }),
  staleTime: 0,
  refetchOnWindowFocus: true,
})

export const useDevices = () => useQuery(devicesQuery)
