import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { api } from './client'
import type { User } from './schema'

const getMe = (signal?: AbortSignal) => api.get<User>('/api/auth/me/', signal ? { signal } : {})

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getMe(signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
})

/** The signed-in user. Only below the routes that ask for a session. */
export const useMe = (): User => useSuspenseQuery(meQuery).data
