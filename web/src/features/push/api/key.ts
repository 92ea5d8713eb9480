import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '@/api'

/** The key that browsers subscribe with, in base64url; empty where the server sends no pushes. */
export const getPushKey = async (signal?: AbortSignal): Promise<string> =>
  (await api.get<{ key: string }>('/api/push/key/', signal ? { signal } : {})).key

export const pushKeyQuery = queryOptions({
  queryKey: ['push', 'key'],
  queryFn: ({ signal }) => getPushKey(signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const usePushKey = () => useQuery(pushKeyQuery)
