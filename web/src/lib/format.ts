/** How figures and times are written, in the viewer's own language and time zone. */

const integer = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
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
export const formatPercent = (n: number) => `${tenths.format(n)}%`
export const formatExact = (instant: string) => exact.format(new Date(instant))
export const formatDay = (instant: string) => day.format(new Date(instant))
export const formatDayTime = (instant: string) => dayTime.format(new Date(instant))
/** The same in another zone than the viewer's. */
export const formatDayTimeIn = (instant: string, timeZone: string) =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(instant),
  )
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

const sizes = ['B', 'kB', 'MB', 'GB', 'TB']

/** A size, such as "1.2 MB"; a kilobyte has a thousand bytes. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${(step > 1 ? tenths : integer).format(bytes / 1000 ** step)} ${sizes[step]}`
}

/** How long something lasted, in the two largest units: "3 d 4 h", "12 min 5 s". */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ')
}

const latency = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 })

/** A short time: "0.35 ms", "12 ms", "1.2 s". */
export const formatLatency = (seconds: number) =>
  seconds < 1 ? `${latency.format(seconds * 1000)} ms` : `${latency.format(seconds)} s`

/** A figure that need not be whole: "0.5", "12.3", "1,234". */
export const formatFigure = (n: number) =>
  Math.abs(n) < 100 ? tenths.format(n) : formatCompact(Math.round(n))
