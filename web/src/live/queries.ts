import type { QueryClient } from '@tanstack/react-query'
import { type Position, positionsOf } from '@/api'

/** The channels that feed each cached query, as its last answers said. */
const fed = new WeakMap<object, Set<string>>()

/** Answers already accounted for: a list that loads its next page still holds its earlier ones. */
const seen = new WeakSet<object>()

/**
 * Where the log stood for what a query has just read: the earliest position of each channel, over all
 * pages of a list.
 */
export function landedPositions(data: unknown, query: object): Position[] {
  const answers =
    typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
      ? data.pages
      : [data]
  const earliest = new Map<string, Position>()
  for (const answer of answers) {
    if (typeof answer !== 'object' || answer === null || seen.has(answer)) continue
    seen.add(answer)
    for (const at of positionsOf(answer)) {
      const known = earliest.get(at.channel)
      if (!known || at.seq < known.seq) earliest.set(at.channel, at)
    }
  }
  if (earliest.size > 0) fed.set(query, new Set([...(fed.get(query) ?? []), ...earliest.keys()]))
  return [...earliest.values()]
}

/** Reads everything again that a channel may have fed. */
export function invalidateChannel(queryClient: QueryClient, channel: string): void {
  void queryClient.invalidateQueries({ predicate: (query) => fed.get(query)?.has(channel) ?? true })
}
