import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { api, type Delivery } from '@/api'
import type { DeliverySearch } from '../search'

export type LedgerFilter = Omit<DeliverySearch, 'event' | 'open'>

export const ledgerKey = ['deliveries', 'list'] as const

/** How often a list is read again; one that somebody has scrolled far down is left alone. */
const EVERY = 5_000
const FEW_PAGES = 2

const getDeliveries = (filter: LedgerFilter, cursor: string | undefined, signal: AbortSignal) =>
  api.page<Delivery>('/api/deliveries/', { query: { ...filter, limit: 100, cursor }, signal })

export const ledgerQuery = (filter: LedgerFilter) =>
  infiniteQueryOptions({
    queryKey: [...ledgerKey, filter],
    queryFn: ({ pageParam, signal }) => getDeliveries(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= FEW_PAGES ? EVERY : false),
  })

export const useLedger = (filter: LedgerFilter) => useInfiniteQuery(ledgerQuery(filter))
