import { useSyncExternalStore } from 'react'

/** The unread count, which stands before every page's title. */
let unread = 0
const listeners = new Set<() => void>()

export function setTitleCount(count: number): void {
  if (count === unread) return
  unread = count
  for (const listener of [...listeners]) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTitleCount = () => useSyncExternalStore(subscribe, () => unread)
