import { useEffect, useRef, useState } from 'react'
import { ApiError, type BookingPage, type FreeSlot, type Hold } from '@/api'
import type { Wanted } from './api/days'
import { releaseHold, useHold } from './api/hold'

/** The time that is held for the customer of this page. */
export interface Held {
  hold: Hold
  /** What was asked for: the hold names whoever is to do it, also where anybody was asked for. */
  wanted: Wanted
  /** Until when, by this browser's clock, which may be wrong. */
  until: number
}

/** Holds one time for the customer, and gives it back when the page is left; also by closing the tab. */
export function useHeld(page: BookingPage) {
  const { subdomain } = page.business
  const [held, setHeld] = useState<Held>()
  const [nearest, setNearest] = useState<FreeSlot[]>()
  const request = useHold(subdomain)
  const current = useRef<Held>(undefined)
  const left = useRef(false)

  const set = (next: Held | undefined) => {
    current.current = next
    setHeld(next)
  }

  useEffect(() => {
    left.current = false
    const release = () => {
      if (current.current) void releaseHold(subdomain, current.current.hold.id)
    }
    // A page that comes back from the browser's cache looks as it did, but what it held is gone.
    const back = (event: PageTransitionEvent) => {
      if (event.persisted && current.current) {
        current.current = { ...current.current, until: 0 }
        setHeld(current.current)
      }
    }
    window.addEventListener('pagehide', release)
    window.addEventListener('pageshow', back)
    return () => {
      window.removeEventListener('pagehide', release)
      window.removeEventListener('pageshow', back)
      left.current = true
      release()
    }
  }, [subdomain])

  /** Holds a time instead of the one that is held. False if somebody else has it, or it failed. */
  const take = async (wanted: Wanted, start: string): Promise<boolean> => {
    if (request.isPending) return false
    try {
      const hold = await request.mutateAsync({ ...wanted, start })
      if (left.current) {
        void releaseHold(subdomain, hold.id)
        return false
      }
      setNearest(undefined)
      set({ hold, wanted, until: Date.now() + page.hold_seconds * 1000 })
      return true
    } catch (error) {
      setNearest(error instanceof ApiError && error.code === 'slot_taken' ? error.nearest : undefined)
      return false
    }
  }

  return {
    held,
    /** The nearest free times, once somebody else was faster. */
    nearest,
    setNearest,
    take,
    /** The start that is being held. */
    pending: request.isPending ? request.variables.start : undefined,
    error: nearest ? null : request.error,
    /** Forgets what went wrong: the customer looks elsewhere. */
    clear: () => {
      setNearest(undefined)
      request.reset()
    },
    /** Gives the time back. */
    letGo: () => {
      if (current.current) void releaseHold(subdomain, current.current.hold.id)
      set(undefined)
    },
    /** The hold has become a reservation. */
    forget: () => set(undefined),
    isHeld: () => current.current !== undefined,
  }
}
