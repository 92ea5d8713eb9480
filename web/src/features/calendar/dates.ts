import { parseDate, toZoned } from '@internationalized/date'

/** Days of a business's calendar and the instants they are made of. Dates are "2026-11-24". */

const MINUTE = 60_000

/** When a day begins in a zone, in milliseconds. */
export const startOfDay = (date: string, zone: string): number =>
  toZoned(parseDate(date), zone).toDate().getTime()

export const addDays = (date: string, days: number): string => parseDate(date).add({ days }).toString()

/** A day from its first instant to the next one's: 23 or 25 hours where clocks change. */
export const dayBounds = (date: string, zone: string): [number, number] => [
  startOfDay(date, zone),
  startOfDay(addDays(date, 1), zone),
]

/** The Monday of a date's week. */
export function weekOf(date: string): string {
  const day = (parseDate(date).toDate('UTC').getUTCDay() + 6) % 7
  return addDays(date, -day)
}

const parts = new Map<string, Intl.DateTimeFormat>()

/** The date and the minutes after midnight that the clock on the wall shows. */
export function wallClock(at: number, zone: string): { date: string; minutes: number } {
  let format = parts.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    parts.set(zone, format)
  }
  const found = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]))
  return {
    date: `${found.year}-${found.month}-${found.day}`,
    minutes: Number(found.hour) * 60 + Number(found.minute),
  }
}

export const dateOf = (at: number, zone: string): string => wallClock(at, zone).date

/** The instant at which the wall shows a time, such as "09:30", on a date. */
export function instantAt(date: string, clock: string, zone: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  if (hour === 24) return startOfDay(addDays(date, 1), zone)
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const wanted = Date.UTC(year, month - 1, day, hour, minute)
  let at = wanted
  // An offset changes at most once between the guess and what it leads to.
  for (let i = 0; i < 2; i++) {
    const shown = wallClock(at, zone)
    const [y = 0, m = 1, d = 1] = shown.date.split('-').map(Number)
    at += wanted - (Date.UTC(y, m - 1, d) + shown.minutes * MINUTE)
  }
  return at
}

/** Rounds to a number of minutes, which every zone's clocks agree on. */
export const snap = (at: number, minutes: number): number =>
  Math.round(at / (minutes * MINUTE)) * minutes * MINUTE

const shown = new Map<string, Intl.DateTimeFormat>()
export function formatIn(at: number | string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options)
  let format = shown.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone })
    shown.set(key, format)
  }
  return format.format(typeof at === 'string' ? new Date(at) : at)
}

export const formatClock = (at: number | string, zone: string) => formatIn(at, zone, { timeStyle: 'short' })
export const formatDate = (date: string, zone: string, options: Intl.DateTimeFormatOptions) =>
  formatIn(startOfDay(date, zone), zone, options)
