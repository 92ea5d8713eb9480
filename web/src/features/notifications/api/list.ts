import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type Notification, positionsOf, recordPositions } from '@/api'

/** The parts of the inbox: what is there, what of it is unread, and what was put away. */
export const shelves = ['all', 'unread', 'archived'] as const
export type Shelf = (typeof shelves)[number]

export interface InboxPage {
  items: Notification[]
  /** Where the older ones begin; undefined at the end. */
  before: number | undefined
}

export const PAGE = 20

async function getInbox(
  shelf: Shelf,
  search: string,
  before: number | undefined,
  signal: AbortSignal,
): Promise<InboxPage> {
  const entries = await api.get<Notification[]>('/api/notifications/', {
    query: {
      limit: PAGE,
      before,
      unread: shelf === 'unread' ? true : undefined,
      archived: shelf === 'archived' ? true : undefined,
      search,
    },
    signal,
  })
  const page = { items: entries, before: entries.length < PAGE ? undefined : entries.at(-1)?.seq }
  recordPositions(page, positionsOf(entries))
  return page
}

export const inboxKey = ['notifications', 'list'] as const

/** A shelf, or those of its entries in which the words of a search occur. */
export const inboxQuery = (shelf: Shelf, search = '') =>
  infiniteQueryOptions({
    queryKey: [...inboxKey, shelf, search],
    queryFn: ({ pageParam, signal }) => getInbox(shelf, search, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.before,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useInbox = (shelf: Shelf, search = '') => useInfiniteQuery(inboxQuery(shelf, search))
