import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type Business, type BusinessType } from '@/api'

/** What the list shows; it lives in the page's address. */
export interface BusinessSearch {
  search?: string | undefined
  status?: 'active' | 'inactive' | undefined
  type?: BusinessType | undefined
  sort?: string | undefined
}

export const DEFAULT_SORT = '-created_at'

const getBusinesses = (shown: BusinessSearch, cursor: string | undefined, signal: AbortSignal) =>
  api.page<Business>('/api/businesses/', {
    query: {
      search: shown.search,
      status: shown.status,
      business_type: shown.type,
      sort: shown.sort,
      limit: 100,
      cursor,
    },
    signal,
  })

export const businessesKey = ['businesses', 'list'] as const

export const businessesQuery = (shown: BusinessSearch) =>
  infiniteQueryOptions({
    queryKey: [...businessesKey, shown],
    queryFn: ({ pageParam, signal }) => getBusinesses(shown, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })

export const useBusinesses = (shown: BusinessSearch) => useInfiniteQuery(businessesQuery(shown))
