import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type StoredMail, type StoredMailContent } from '@/api'

interface StoredPage {
  items: StoredMail[]
  /** Where the older ones begin; undefined at the end. */
  before: string | undefined
}

const PAGE = 50

async function getStored(before: string | undefined, signal: AbortSignal): Promise<StoredPage> {
  const items = await api.get<StoredMail[]>('/api/dev/mail/', { query: { limit: PAGE, before }, signal })
  return { items, before: items.length < PAGE ? undefined : items.at(-1)?.id }
}

export const storedQuery = infiniteQueryOptions({
  queryKey: ['mail', 'stored', 'list'],
  queryFn: ({ pageParam, signal }) => getStored(pageParam, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.before,
  staleTime: 0,
  // Mails come without an event that would tell of them; a list that was scrolled far is left alone.
  refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? 3_000 : false),
})

export const useStoredMails = () => useInfiniteQuery(storedQuery)

export const storedMailQuery = (id: string) =>
  queryOptions({
    queryKey: ['mail', 'stored', 'one', id],
    queryFn: ({ signal }) =>
      api.get<StoredMailContent>(`/api/dev/mail/${encodeURIComponent(id)}/`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useStoredMail = (id: string) => useQuery(storedMailQuery(id))
