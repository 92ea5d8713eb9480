/** How instants are shown in the business's time zone, and beside it in the visitor's. */

export const visitorZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** A formatter is dear to make, and used for each slot. */
const made = new Map<string, Intl.DateTimeFormat>()
function formatter(name: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone}`
  let known = made.get(key)
  if (!known) {
    known = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone })
    made.set(key, known)
  }
  return known
}

const HOUR = 3_600_000

/** The time of day, with the zone's name in the hour that there is twice, where clocks are put back. */
export function formatTime(instant: string, zone: string): string {
  const time = (at: number) => formatter('time', zone, { timeStyle: 'short' }).format(at)
  const at = Date.parse(instant)
  const shown = time(at)
  const twice = [at - HOUR, at + HOUR].some((other) => time(other) === shown)
  return twice ? `${shown} ${zoneName(instant, zone)}` : shown
}

export const formatLongDay = (instant: string, zone: string) =>
  formatter('day', zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
    new Date(instant),
  )

/** A date, "2026-11-24", in words. */
export const formatDate = (date: string) => formatLongDay(`${date}T12:00:00Z`, 'UTC')

/** The month of a date, "2026-11-24", in words. */
export const formatMonth = (date: string) =>
  formatter('month', 'UTC', { month: 'long', year: 'numeric' }).format(new Date(`${date}T12:00:00Z`))

/** The zone's name at an instant, such as "CET" or "GMT+1". */
export function zoneName(instant: string, zone: string): string {
  const parts = formatter('zone', zone, { timeZoneName: 'short' }).formatToParts(new Date(instant))
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
}

/** Whether two zones show an instant differently. */
export const differs = (instant: string, a: string, b: string) =>
  formatter('wall', a, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(instant)) !==
  formatter('wall', b, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(instant))

/** The date on which an instant is in a zone, "2026-11-24". */
export function dateIn(instant: string | number, zone: string): string {
  const parts = formatter('iso', zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    calendar: 'gregory', // whatever the visitor's own calendar and digits are
    numberingSystem: 'latn',
  }).formatToParts(new Date(instant))
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** The time in the business's zone and, where it differs, the visitor's day and time. */
export function bothTimes(
  instant: string,
  zone: string,
  own = visitorZone(),
): { time: string; own?: string } {
  const time = formatTime(instant, zone)
  if (!differs(instant, zone, own)) return { time }
  const theirs = formatTime(instant, own)
  if (dateIn(instant, zone) === dateIn(instant, own)) return { time, own: theirs }
  const weekday = formatter('weekday', own, { weekday: 'short' }).format(new Date(instant))
  return { time, own: `${weekday} ${theirs}` }
}

/** Seconds as "4:05". */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}

/** Minutes as "1 h 15 min". */
export function formatMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

export function formatPrice(price: number, currency: string): string {
  if (price === 0) return 'Free'
  if (!currency) return new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 }).format(price)
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(price)
  } catch {
    return `${price} ${currency}`
  }
}
