import { type PointerEvent, type RefObject, useRef, useState } from 'react'
import type { Reservation } from '@/api'
import { snap } from './dates'

/** A move that is under way: where the reservation would go. */
export interface Drag {
  id: string
  /** By how many milliseconds. */
  by: number
  /** The key of the column it is over. */
  column: string
}

interface Options {
  grid: RefObject<HTMLElement | null>
  /** Milliseconds in one pixel. */
  perPixel: number
  stepMinutes: number
  onDrop: (reservation: Reservation, start: number, column: string) => void
}

/** Pixels that a press may wander and still be a press. */
const THRESHOLD = 5

/** Lets a mouse or a pen drag reservations. A finger scrolls: on a phone they are moved by their dialog. */
export function useDrag({ grid, perPixel, stepMinutes, onDrop }: Options) {
  const [drag, setDrag] = useState<Drag>()
  const moved = useRef(false)
  const latest = useRef<Drag | undefined>(undefined)

  const grab = (event: PointerEvent<HTMLButtonElement>, reservation: Reservation, column: string) => {
    moved.current = false
    if (event.pointerType === 'touch' || event.button !== 0) return
    const { clientX, clientY } = event
    const start = Date.parse(reservation.start_time)
    const move = (at: globalThis.PointerEvent) => {
      if (!moved.current && Math.hypot(at.clientX - clientX, at.clientY - clientY) < THRESHOLD) return
      moved.current = true
      const over = columnAt(grid.current, at.clientX) ?? column
      const by = snap(start + (at.clientY - clientY) * perPixel, stepMinutes) - start
      latest.current = { id: reservation.id, by, column: over }
      setDrag(latest.current)
    }
    const end = (dropped: boolean) => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', up)
      window.removeEventListener('keydown', giveUp)
      const to = latest.current
      latest.current = undefined
      setDrag(undefined)
      if (dropped && to && (to.by !== 0 || to.column !== column))
        onDrop(reservation, start + to.by, to.column)
    }
    const up = () => end(true)
    const giveUp = (key: KeyboardEvent) => key.key === 'Escape' && end(false)
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('keydown', giveUp)
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
