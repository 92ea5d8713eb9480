import { useEffect, useRef, useState } from 'react'
import { useSendTyping, useSignal } from '@/live'

/** How often the others are told that this person is writing, in milliseconds. */
const EVERY = 2_000

/** Tells the others that this person is writing; called with every key. */
export function useTellTyping(channel: string): () => void {
  const send = useSendTyping()
  const told = useRef(0)
  return () => {
    const now = Date.now()
    if (now - told.current < EVERY) return
    told.current = now
    send(channel)
  }
}

/** The ids of those who are writing. Whoever says nothing for a while writes no more; a message ends it at once. */
export function useTyping(channel: string, me: string): { typing: string[]; wrote: (user: string) => void } {
  const [until, setUntil] = useState<Record<string, number>>({})
  useSignal((signal) => {
    if (signal.type !== 'typing' || signal.channel !== channel || signal.payload.user === me) return
    const { user, expires_in_ms } = signal.payload
    setUntil((known) => ({ ...known, [user]: Date.now() + expires_in_ms }))
  })
  useEffect(() => {
    const ends = Object.values(until)
    if (ends.length === 0) return
    const timer = setTimeout(
      () => {
        const now = Date.now()
        setUntil((known) => Object.fromEntries(Object.entries(known).filter(([, end]) => end > now)))
      },
      Math.max(0, Math.min(...ends) - Date.now()) + 10,
    )
    return () => clearTimeout(timer)
  }, [until])
  const wrote = (user: string) =>
    setUntil((known) =>
      user in known ? Object.fromEntries(Object.entries(known).filter(([id]) => id !== user)) : known,
    )
  return { typing: Object.keys(until), wrote }
}
