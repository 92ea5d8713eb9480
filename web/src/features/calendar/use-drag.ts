import { type PointerEvent, type RefObject, useRef, useState } from 'react'
import type { Reservation } from '@/api'
import { pulled } from './scale'

/** A move that is under way: where the reservation would go. */
export interface Drag {
  id: string
  /** In minutes from the beginning of a column. */
  minutes: number
  /** How far the pointer is beside where it began, in pixels. */
  aside: number
  /** The key of the column it is over. */
  column: string
}

/** Where a reservation is before it is moved. */
export interface Place {
  column: string
  minutes: number
  /** Its length in minutes. */
  length: number
}

interface Options {
  grid: RefObject<HTMLElement | null>
  shown: { from: number; to: number }
  pixelsPerMinute: number
  onDrop: (reservation: Reservation, minutes: number, column: string) => void
}

/** Pixels that a press may wander and still be a press. */
const THRESHOLD = 5

const STEP = 15
const FINE_STEP = 5

/**
 * Lets a mouse or a pen drag reservations, by steps that Shift makes fine; Escape gives up. A finger scrolls: on a
 * phone they are moved by their dialog.
 */
export function useDrag({ grid, shown, pixelsPerMinute, onDrop }: Options) {
  const [drag, setDrag] = useState<Drag>()
  const moved = useRef(false)

  const grab = (event: PointerEvent<HTMLButtonElement>, reservation: Reservation, place: Place) => {
    moved.current = false
    if (event.pointerType === 'touch' || event.button !== 0) return
    const { clientX, pageY, pointerId } = event // of the page, which may be scrolled meanwhile
    const listening = new AbortController()
    let to: Drag | undefined
    const move = (at: globalThis.PointerEvent) => {
      if (at.pointerId !== pointerId) return
      const [aside, down] = [at.clientX - clientX, at.pageY - pageY]
      if (!moved.current && Math.hypot(aside, down) < THRESHOLD) return
      moved.current = true
      to = {
        id: reservation.id,
        minutes: pulled(
          place.minutes,
          down / pixelsPerMinute,
          at.shiftKey ? FINE_STEP : STEP,
          place.length,
          shown,
        ),
        aside,
        column: columnAt(grid.current, at.clientX) ?? place.column,
      }
      setDrag(to)
    }
    const end = (dropped: boolean) => {
      listening.abort()
      setDrag(undefined)
      if (dropped && to && (to.minutes !== place.minutes || to.column !== place.column))
        onDrop(reservation, to.minutes, to.column)
    }
    const { signal } = listening
    window.addEventListener('pointermove', move, { signal })
    window.addEventListener('pointerup', () => end(true), { signal })
    window.addEventListener('pointercancel', () => end(false), { signal })
    window.addEventListener('keydown', (key) => key.key === 'Escape' && end(false), { signal })
  }
  /** Tells a press from the end of a drag. */
  const wasDragged = () => moved.current
  return { drag, grab, wasDragged }
}

function columnAt(grid: HTMLElement | null, x: number): string | undefined {
  for (const element of grid?.querySelectorAll<HTMLElement>('[data-column]') ?? []) {
    const box = element.getBoundingClientRect()
    if (x >= box.left && x < box.right) return element.dataset.column
  }
  return undefined
}
