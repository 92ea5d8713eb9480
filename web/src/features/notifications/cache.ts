import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { LogEvent, Notification } from '@/api'
import { type InboxPage, inboxKey, type Shelf } from './api/list'
import { type Unread, unreadQuery } from './api/unread-count'

type List<P> = InfiniteData<InboxPage, P>

/** Which entries a change is about: one, or all in the inbox whose seq is at most a bound. */
export interface Target {
  id?: string | undefined
  upTo?: number | undefined
  /** Of all, only those that are unread. */
  unread?: boolean
  /** Of all, only those that nobody has seen. */
  unseen?: boolean
}

const hits = (target: Target, entry: Notification) => {
  if (target.id) return entry.id === target.id
  if (entry.archived_at !== null || entry.seq > (target.upTo ?? 0)) return false
  if (target.unseen && entry.seen_at !== null) return false
  return !target.unread || entry.read_at === null
}

/** Whether a shelf holds an entry as it is now. */
const holds = (shelf: Shelf, entry: Notification): boolean => {
  if (shelf === 'archived') return entry.archived_at !== null
  return entry.archived_at === null && (shelf === 'all' || entry.read_at === null)
}

/** A list with an entry put where its seq belongs; the same list if it is there already or not yet loaded. */
export function withEntry<P>(list: List<P>, entry: Notification): List<P> {
  if (list.pages.some((page) => page.items.some((n) => n.id === entry.id))) return list
  const index = list.pages.findIndex(
    (page) =>
      page.before === undefined || page.items.some((n) => n.seq < entry.seq) || page.items.length === 0,
  )
  if (index < 0) return list
  return {
    ...list,
    pages: list.pages.map((page, i) =>
      i === index ? { ...page, items: [...page.items, entry].sort((a, b) => b.seq - a.seq) } : page,
    ),
  }
}

/** A list with the entries that are hit changed, and without those that no longer belong on its shelf. */
export function withChange<P>(
  list: List<P>,
  shelf: Shelf,
  target: Target,
  change: Partial<Notification>,
): List<P> {
  let touched = false
  const pages = list.pages.map((page) => {
    if (!page.items.some((entry) => hits(target, entry))) return page
    touched = true
    const items = page.items
      .map((entry) => (hits(target, entry) ? { ...entry, ...change } : entry))
      .filter((entry) => holds(shelf, entry))
    return { ...page, items }
  })
  return touched ? { ...list, pages } : list
}

/** The count as an event tells it; an event that is older than the count tells nothing. */
export function withCount(unread: Unread, event: Pick<LogEvent, 'seq'>, count: number): Unread {
  if (unread.at && event.seq <= unread.at.seq) return unread
  return { count, at: unread.at && { ...unread.at, seq: event.seq } }
}

/** The lists that are loaded, each with its shelf and what is searched for. */
const listsOf = (queryClient: QueryClient) =>
  queryClient
    .getQueriesData<InfiniteData<InboxPage, number | undefined>>({ queryKey: inboxKey })
    .flatMap(([queryKey, list]) =>
      list ? [{ queryKey, list, shelf: queryKey[2] as Shelf, search: queryKey[3] as string }] : [],
    )

/** Whether the words of a search occur in an entry, whatever their case. */
export const matches = (search: string, entry: Notification): boolean => {
  const message = entry.message.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => message.includes(word))
}

export function addEntry(queryClient: QueryClient, entry: Notification): void {
  for (const { queryKey, list, shelf, search } of listsOf(queryClient)) {
    if (holds(shelf, entry) && matches(search, entry)) {
      queryClient.setQueryData(queryKey, withEntry(list, entry))
    }
  }
}

/** Changes entries on every shelf, and moves them to those where they now belong. */
export function changeEntries(queryClient: QueryClient, target: Target, change: Partial<Notification>): void {
  const moved = new Map<string, Notification>()
  for (const { queryKey, list, shelf } of listsOf(queryClient)) {
    for (const entry of list.pages.flatMap((page) => page.items)) {
      if (hits(target, entry)) moved.set(entry.id, { ...entry, ...change })
    }
    queryClient.setQueryData(queryKey, withChange(list, shelf, target, change))
  }
  for (const entry of moved.values()) addEntry(queryClient, entry)
  // What no list has loaded must come from the server, to the shelf where it now belongs.
  const shelf = change.archived_at ? 'archived' : change.read_at === null ? 'unread' : undefined
  if (moved.size === 0 && shelf) {
    void queryClient.invalidateQueries({ queryKey: [...inboxKey, shelf], refetchType: 'active' })
  }
}

export function setCount(queryClient: QueryClient, event: Pick<LogEvent, 'seq'>, count: number): void {
  queryClient.setQueryData(unreadQuery.queryKey, (unread) => unread && withCount(unread, event, count))
}

/** Moves the count before the server has said so; the event that follows says what it truly is. */
export function guessCount(queryClient: QueryClient, guess: (count: number) => number): void {
  queryClient.setQueryData(
    unreadQuery.queryKey,
    (unread) => unread && { ...unread, count: Math.max(0, guess(unread.count)) },
  )
}
