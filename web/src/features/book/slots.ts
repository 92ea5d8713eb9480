import type { BookingPage, Busy, FreeSlot, Slots } from '@/api'
import { dateIn } from './zone'

/** An interval of one chair never overlaps another, so that chair and start name it. */
const keyOf = (busy: Pick<Busy, 'chair' | 'start_time'>) => `${busy.chair} ${Date.parse(busy.start_time)}`

/** What is busy after some of it was taken, held or given back. */
export function applyChanges(busy: readonly Busy[], changes: readonly Busy[]): Busy[] {
  const byKey = new Map(busy.map((b) => [keyOf(b), b]))
  for (const change of changes) {
    if (change.state === 'free') byKey.delete(keyOf(change))
    else byKey.set(keyOf(change), change)
  }
  return [...byKey.values()]
}

/** One start as the page shows it. */
export interface ShownSlot {
  start: string
  end: string
  /** The chairs that can be had. */
  free: string[]
}

/**
 * The slots of a day with the chairs that are free now. What the page holds itself is in nobody's way. Busy time
 * of a chair that is none any more keeps all of them busy, as the server has it.
 */
export function shownSlots(
  day: Slots,
  chairs: readonly string[],
  own?: { chair: string; start_time: string },
) {
  const mine = own && keyOf(own)
  const known = new Set(chairs)
  const busy = day.busy
    .filter((b) => keyOf(b) !== mine)
    .map((b) => ({
      chair: known.has(b.chair) ? b.chair : '',
      from: Date.parse(b.start_time),
      to: Date.parse(b.end_time),
    }))
  const buffer = day.buffer_minutes * 60_000
  return day.slots.map((slot): ShownSlot => {
    const from = Date.parse(slot.start_time)
    const to = Date.parse(slot.end_time) + buffer
    const taken = new Set(busy.filter((b) => b.from < to && from < b.to).map((b) => b.chair))
    const free = taken.has('') ? [] : [...slot.free, ...slot.taken].filter((chair) => !taken.has(chair))
    return { start: slot.start_time, end: slot.end_time, free }
  })
}

/** The chairs of a business: its staff or, where there is none, itself. */
export const chairsOf = ({ staff, business }: Pick<BookingPage, 'staff' | 'business'>): string[] =>
  staff.length > 0 ? staff.map((member) => member.id) : [business.id]

/** Slots by their dates in a zone, in the order in which they come. */
export function byDay(slots: readonly FreeSlot[], zone: string): [string, FreeSlot[]][] {
  const days = new Map<string, FreeSlot[]>()
  for (const slot of slots) {
    const date = dateIn(slot.start_time, zone)
    days.set(date, [...(days.get(date) ?? []), slot])
  }
  return [...days]
}
