import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type EventType, type LogEvent, positionsOf, recordPositions } from '@/api'

/** What the feed can be narrowed to. */
export const activityKinds = ['all', 'businesses', 'reservations', 'users'] as const
export type ActivityKind = (typeof activityKinds)[number]

const narrow: Record<Exclude<ActivityKind, 'all'>, EventType[]> = {
  businesses: ['business_created', 'business_updated'],
  reservations: ['reservation_created', 'reservation_updated', 'reservation_canceled'],
  users: ['user_created', 'user_updated'],
}

/** All is what the feed knows how to show: a newer server may log types that this page has never heard of. */
const types: Record<ActivityKind, EventType[]> = { ...narrow, all: Object.values(narrow).flat() }

/** The events whose payload the feed can show in a sentence. */
export type ActivityEvent = LogEvent<
  | 'business_created'
  | 'business_updated'
  | 'reservation_created'
  | 'reservation_updated'
  | 'reservation_canceled'
  | 'user_created'
  | 'user_updated'
>

export interface ActivityPage {
  items: ActivityEvent[]
  /** Where the older ones begin; undefined at the log's end. */
  before: number | undefined
}

const PAGE = 50

async function getActivity(
  kind: ActivityKind,
  before: number | undefined,
  signal: AbortSignal,
): Promise<ActivityPage> {
  const events = await api.get<ActivityEvent[]>('/api/events/', {
    query: { channel: 'dashboard', limit: PAGE, before, type: types[kind].join(',') },
    signal,
  })
  const page = { items: events, before: events.length < PAGE ? undefined : events.at(-1)?.seq }
  recordPositions(page, positionsOf(events))
  return page
}

export const activityKey = (kind: ActivityKind) => ['dashboard', 'activity', kind] as const

export const activityQuery = (kind: ActivityKind) =>
  infiniteQueryOptions({
    queryKey: activityKey(kind),
    queryFn: ({ pageParam, signal }) => getActivity(kind, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.before,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useActivity = (kind: ActivityKind) => useInfiniteQuery(activityQuery(kind))

/** Whether a kind of the feed shows an event. */
export const shows = (kind: ActivityKind, event: LogEvent): event is ActivityEvent =>
  types[kind].includes(event.type)
