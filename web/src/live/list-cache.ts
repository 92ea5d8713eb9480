import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query'
import type { Page } from '@/api'

/** Entities carry a version that grows with every change. */
interface Versioned {
  id: string
  version: number
}

type Pages<T> = InfiniteData<Page<T>, string | undefined>

/** Lists that an event may have moved rows in are read again, but not more often than this. */
const REREAD = 2_000

const due = new WeakMap<QueryClient, Set<string>>()

function rereadSoon(queryClient: QueryClient, queryKey: QueryKey): void {
  const waiting = due.get(queryClient) ?? new Set<string>()
  due.set(queryClient, waiting)
  const name = JSON.stringify(queryKey)
  if (waiting.has(name)) return
  waiting.add(name)
  setTimeout(() => {
    waiting.delete(name)
    void queryClient.invalidateQueries({ queryKey, exact: true })
  }, REREAD)
}

function mapRows<T extends Versioned>(data: Pages<T>, change: (row: T) => T): Pages<T> {
  let changed = false
  const pages = data.pages.map((page) => {
    const items = page.items.map((row) => {
      const next = change(row)
      changed ||= next !== row
      return next
    })
    return { ...page, items }
  })
  return changed ? { ...data, pages } : data
}

/** Changes the rows of all cached lists below a key, where the change gives another row. */
export function patchRows<T extends Versioned>(
  queryClient: QueryClient,
  prefix: QueryKey,
  change: (row: T) => T,
): void {
  queryClient.setQueriesData<Pages<T>>({ queryKey: prefix }, (data) => data && mapRows(data, change))
}

/** Puts a newer version of a row into all cached lists below a key; an older one changes nothing. */
export function patchRow<T extends Versioned>(queryClient: QueryClient, prefix: QueryKey, row: T): void {
  patchRows<T>(queryClient, prefix, (known) =>
    known.id === row.id && row.version > known.version ? row : known,
  )
}

/**
 * Puts a new row into the cached lists below a key. What is the last part of a list's key says what the
 * list shows: `place` answers whether the row is its first, or somewhere only the server knows, or not in
 * it at all.
 */
export function insertRow<T extends Versioned, Shown>(
  queryClient: QueryClient,
  prefix: QueryKey,
  row: T,
  place: (shown: Shown) => 'first' | 'somewhere' | 'absent',
): void {
  for (const [key, data] of queryClient.getQueriesData<Pages<T>>({ queryKey: prefix })) {
    const [first, ...rest] = data?.pages ?? []
    if (!data || !first) continue
    const where = place(key.at(-1) as Shown)
    if (where === 'absent' || data.pages.some((page) => page.items.some((known) => known.id === row.id)))
      continue
    if (where === 'somewhere') rereadSoon(queryClient, key)
    else {
      const pages = [{ ...first, items: [row, ...first.items] }, ...rest]
      queryClient.setQueryData<Pages<T>>(key, { ...data, pages })
    }
  }
}

/** All rows of a list that came page by page. */
export const rowsOf = <T>(data: { pages: Page<T>[] } | undefined): T[] =>
  data?.pages.flatMap((page) => page.items) ?? []
