/** A stretch of time as a person says it: "2" "hours". */
export type Unit = 'minutes' | 'hours' | 'days'

export interface Amount {
  amount: string
  unit: Unit
}

export const minutesIn: Record<Unit, number> = { minutes: 1, hours: 60, days: 1440 }

/** Minutes in the largest unit that divides them; nothing is 0 hours. */
export function amountOf(minutes: number): Amount {
  const unit: Unit =
    minutes === 0 ? 'hours' : minutes % 1440 === 0 ? 'days' : minutes % 60 === 0 ? 'hours' : 'minutes'
  return { amount: String(minutes / minutesIn[unit]), unit }
}

/** Reads a whole number; undefined for anything else. */
export const parseWhole = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : undefined

/** The minutes that an amount says; undefined if it is no whole number of its unit. */
export function minutesOf({ amount, unit }: Amount): number | undefined {
  const n = parseWhole(amount)
  return n === undefined ? undefined : n * minutesIn[unit]
}

export const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

/** "2 days", "1 hour 30 minutes": two units at most, never rounded. */
export function minutesInWords(minutes: number): string {
  if (minutes > 0 && minutes % 1440 === 0) return plural(minutes / 1440, 'day')
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return plural(rest, 'minute')
  return rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`
}

/** The same, short: "30 min", "1 h 30 min". */
export function minutesShort(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}
