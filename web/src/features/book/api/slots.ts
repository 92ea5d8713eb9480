import { queryOptions } from '@tanstack/react-query'
import { publicApi, type Slots } from '@/api'
import type { Feed } from '../feed'
import type { Wanted } from './days'
import { bookKey } from './page'

export const slotsKey = (subdomain: string) => [...bookKey(subdomain), 'slots'] as const

async function getSlots(
  subdomain: string,
  wanted: Wanted,
  date: string,
  feed: Feed | undefined,
  signal: AbortSignal,
): Promise<Slots> {
  const read = await publicApi.get<Slots>(`/api/book/${encodeURIComponent(subdomain)}/slots/`, {
    query: { ...wanted, date },
    signal,
  })
  return feed?.catchUp(read) ?? read
}

/** The slots of a day. The feed keeps them as they are now, so that they are read once. */
export const slotsQuery = (subdomain: string, wanted: Wanted, date: string, feed: Feed | undefined) =>
  queryOptions({
    queryKey: [...slotsKey(subdomain), wanted, date],
    queryFn: ({ signal }) => getSlots(subdomain, wanted, date, feed, signal),
    enabled: feed !== undefined, // what happens while the answer is on its way must not be missed
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false, // a copy would not know where in the log it stands
  })
