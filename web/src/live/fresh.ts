import { useSyncExternalStore } from 'react'

/** How long something counts as new. */
const FRESH = 2_600

const marks = new Map<string, number>()
const listeners = new Set<() => void>()

const tell = () => {
  for (const listener of [...listeners]) listener()
}

/** Marks something, such as "business:<id>", as changed just now, so that its row glows for a moment. */
export function markFresh(key: string): void {
  marks.set(key, (marks.get(key) ?? 0) + 1)
  const mark = marks.get(key)
  tell()
  setTimeout(() => {
    if (marks.get(key) !== mark) return
    marks.delete(key)
    tell()
  }, FRESH)
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether something changed just now. */
export function useFresh(key: string): boolean {
  return useSyncExternalStore(subscribe, () => marks.has(key))
}
