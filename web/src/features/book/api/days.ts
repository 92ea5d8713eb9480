import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Days, publicApi } from '@/api'
import { bookKey } from './page'

/** What somebody looks for: a service, who is to do it, or anything and anybody. */
export interface Wanted {
  service: string | undefined
  staff: string | undefined
}

export const daysKey = (subdomain: string) => [...bookKey(subdomain), 'days'] as const

/** How many slots are free on each day of some weeks. */
export const daysQuery = (subdomain: string, wanted: Wanted, from: string, days: number) =>
  queryOptions({
    queryKey: [...daysKey(subdomain), wanted, from, days],
    queryFn: ({ signal }) =>
      publicApi.get<Days>(`/api/book/${encodeURIComponent(subdomain)}/days/`, {
        query: { ...wanted, from, days },
        signal,
      }),
    placeholderData: keepPreviousData,
  })
