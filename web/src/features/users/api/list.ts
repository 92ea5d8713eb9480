import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type User, type UserType } from '@/api'

/** What the list shows; it lives in the page's address. */
export interface UserSearch {
  search?: string | undefined
  type?: UserType | undefined
  status?: 'active' | 'inactive' | undefined
  sort?: string | undefined
}

export const DEFAULT_SORT = '-created_at'

const getUsers = (shown: UserSearch, cursor: string | undefined, signal: AbortSignal) =>
  api.page<User>('/api/users/', {
    query: {
      search: shown.search,
      user_type: shown.type,
      status: shown.status,
      sort: shown.sort,
      limit: 100,
      cursor,
    },
    signal,
  })

export const usersKey = ['users', 'list'] as const

export const usersQuery = (shown: UserSearch) =>
  infiniteQueryOptions({
    queryKey: [...usersKey, shown],
    queryFn: ({ pageParam, signal }) => getUsers(shown, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

export const useUsers = (shown: UserSearch) => useInfiniteQuery(usersQuery(shown))
