import { useSyncExternalStore } from 'react'

/** One clock for all relative times of the page, so that they change together. */
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (listeners.size === 1) {
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const tell of [...listeners]) tell()
    }, 15_000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** The time, at most a quarter of a minute old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
