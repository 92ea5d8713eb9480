import { addDays, dateOf, instantAt, startOfDay, wallClock } from './dates'

const MINUTE = 60_000
const DAY = 24 * 60

/** Where the instants of a day are in its column, in minutes from the column's beginning. */
export interface Scale {
  minutesAt: (at: number) => number
  instantAt: (minutes: number) => number
}

/** A day alone: as long as it is, with the hour that clocks skip left out, and the one they repeat shown twice. */
export function exactScale(date: string, zone: string): Scale {
  const begins = startOfDay(date, zone)
  return {
    minutesAt: (at) => (at - begins) / MINUTE,
    instantAt: (minutes) => begins + minutes * MINUTE,
  }
}

/** A day beside others: each hour of the wall's clock is where it is on every other day. */
export function wallScale(date: string, zone: string): Scale {
  const next = addDays(date, 1)
  return {
    minutesAt(at) {
      const on = dateOf(at, zone)
      const { minutes } = wallClock(at, zone)
      if (on === date) return minutes + (at % MINUTE) / MINUTE
      return on < date ? (at - startOfDay(date, zone)) / MINUTE : DAY + (at - startOfDay(next, zone)) / MINUTE
    },
    instantAt: (minutes) => instantAt(date, clockOf(Math.min(minutes, DAY)), zone),
  }
}

/** Minutes after midnight as clocks and forms write them: "09:05". */
export function clockOf(minutes: number): string {
  const whole = Math.round(minutes)
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}

interface Limits {
  from: number
  to: number
}

/** Where something goes that is pulled by a way: on a whole step, and with all of its length on the grid. */
export function pulled(from: number, by: number, step: number, length: number, grid: Limits): number {
  const to = by === 0 ? from : Math.round((from + by) / step) * step
  return Math.max(grid.from, Math.min(to, grid.to - length))
}
