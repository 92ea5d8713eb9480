import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { LogEvent, Notification } from '@/api'
import { type InboxPage, inboxQuery, type Shelf, shelves } from './api/list'
import { type Unread, unreadQuery } from './api/unread-count'

type List<P> = InfiniteData<InboxPage, P>

/** Which entries a change is about: one, or all in the inbox whose seq is at most a bound. */
export interface Target {
  id?: string | undefined
  upTo?: number | undefined
  /** Of all, only those that are unread. */
  unread?: boolean
}

const hits = (target: Target, entry: Notification) => {
  if (target.id) return entry.id === target.id
  if (entry.archived_at !== null || entry.seq > (target.upTo ?? 0)) return false
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

export function addEntry(queryClient: QueryClient, entry: Notification): void {
  for (const shelf of shelves) {
    if (!holds(shelf, entry)) continue
    queryClient.setQueryData(inboxQuery(shelf).queryKey, (list) => list && withEntry(list, entry))
  }
}

/** Changes entries on every shelf, and moves them to those where they now belong. */
export function changeEntries(queryClient: QueryClient, target: Target, change: Partial<Notification>): void {
  const moved = new Map<string, Notification>()
  for (const shelf of shelves) {
    const list = queryClient.getQueryData(inboxQuery(shelf).queryKey)
    for (const entry of list?.pages.flatMap((page) => page.items) ?? []) {
      if (hits(target, entry)) moved.set(entry.id, { ...entry, ...change })
    }
  }
  for (const shelf of shelves) {
    queryClient.setQueryData(
      inboxQuery(shelf).queryKey,
      (list) => list && withChange(list, shelf, target, change),
    )
  }
  for (const entry of moved.values()) addEntry(queryClient, entry)
  // What no list has loaded must come from the server, to the shelf where it now belongs.
  const shelf = change.archived_at ? 'archived' : change.read_at === null ? 'unread' : undefined
  if (moved.size === 0 && shelf) {
    void queryClient.invalidateQueries({ queryKey: inboxQuery(shelf).queryKey, refetchType: 'active' })
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
