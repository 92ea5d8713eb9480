/** How figures and times are written, in the viewer's own language and time zone. */

const integer = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const dayTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const month = new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' })
const monthYear = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })

export const formatInteger = (n: number) => integer.format(n)
/** 1,234 as it is, from ten thousand on shortened. */
export const formatCompact = (n: number) => (Math.abs(n) < 10_000 ? integer.format(n) : compact.format(n))
export const formatMoney = (n: number) => money.format(n)
export const formatPercent = (n: number) => `${percent.format(n)}%`
export const formatExact = (instant: string) => exact.format(new Date(instant))
export const formatDay = (instant: string) => day.format(new Date(instant))
export const formatDayTime = (instant: string) => dayTime.format(new Date(instant))
/** "2026-11" as "Nov". */
export const formatMonth = (text: string) => month.format(new Date(`${text}-01T00:00:00Z`))
export const formatMonthYear = (text: string) => monthYear.format(new Date(`${text}-01T00:00:00Z`))

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago, such as "3 min. ago"; a date once it is more than a week. */
export function formatRelative(instant: string, now: number): string {
  const ago = now - Date.parse(instant)
  // Clocks differ a little: what is a moment ahead of ours happened just now.
  if (ago < 45_000 && ago > -45_000) return 'just now'
  if (Math.abs(ago) < HOUR) return relative.format(-Math.round(ago / MINUTE), 'minute')
  if (Math.abs(ago) < DAY) return relative.format(-Math.round(ago / HOUR), 'hour')
  if (Math.abs(ago) < 7 * DAY) return relative.format(-Math.round(ago / DAY), 'day')
  return day.format(new Date(instant))
}

/** "super_admin" as "Super admin". */
export function formatWord(word: string): string {
  const text = word.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The first letters of the first two words; "&" is no word. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toUpperCase())
    .join('')
}
