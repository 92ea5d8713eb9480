import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type DeliveryStats } from '@/api'

export const roadQuery = queryOptions({
  queryKey: ['mail', 'road'],
  queryFn: ({ signal }) => api.get<DeliveryStats>('/api/deliveries/stats/', { signal }),
  select: (stats) => stats.mail,
  // It changes only when the server is started anew.
  staleTime: 10 * 60_000,
})

/** Whether mails go into a folder, where only super admins can read them, instead of to people. */
export const useMailFolder = (isAdmin: boolean): boolean =>
  useQuery({ ...roadQuery, enabled: isAdmin }).data?.kind === 'folder'
