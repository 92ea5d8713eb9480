import { useEffect, useRef, useState } from 'react'
import type { Notification } from '@/api'
import { useSee } from './api/mark'

/** Entries may come by the hundred a second; how often the server is told at most, in milliseconds. */
const EVERY = 400

/**
 * Tells the server that what is on the screen has been seen, as soon as it is: not while the tab is hidden.
 * What was new when it came stays marked as new for as long as the list is open.
 */
export function useSeen(
  entries: readonly Notification[],
  enabled: boolean,
): (entry: Notification) => boolean {
  const [marked] = useState(() => new Set<string>())
  const { mutate, isPending } = useSee()
  const visible = useVisible()
  /** Up to where the server has been told, so that a failure is not repeated without end. */
  const told = useRef(0)
  const newest = useRef(0)
  newest.current = 0
  for (const entry of entries) {
    if (entry.seen_at !== null || entry.archived_at !== null) continue
    if (entry.read_at === null) marked.add(entry.id)
    newest.current = Math.max(newest.current, entry.seq)
  }
  const due = enabled && visible && !isPending && newest.current > told.current
  useEffect(() => {
    if (!due) return
    const timer = setTimeout(() => {
      told.current = newest.current
      mutate(newest.current)
    }, EVERY)
    return () => clearTimeout(timer)
  }, [due, mutate])
  return (entry) => marked.has(entry.id)
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible')
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return visible
}
