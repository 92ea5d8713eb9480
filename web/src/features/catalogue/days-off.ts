import type { DaysOff } from '@/api'

/** The server takes no more. */
export const MAX_DAYS_OFF = 200
export const MAX_NOTE = 200

/** Whether this is a date of the calendar, as "2026-12-24". */
function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

export interface DaysOffProblem {
  index: number
  field: 'from' | 'to' | 'note'
  message: string
}

/** What is wrong with each line; a line without a last day is a single day. */
export function daysOffProblems(list: readonly DaysOff[]): DaysOffProblem[] {
  return list.flatMap(({ from, to, note }, index): DaysOffProblem[] => {
    const found: DaysOffProblem[] = []
    if (!isDate(from)) found.push({ index, field: 'from', message: 'Which day?' })
    if (to !== '' && !isDate(to)) found.push({ index, field: 'to', message: 'This is not a date.' })
    else if (to !== '' && isDate(from) && to < from) {
      found.push({ index, field: 'to', message: 'This is before the first day.' })
    }
    if (note.trim().length > MAX_NOTE) {
      found.push({ index, field: 'note', message: `At most ${MAX_NOTE} characters.` })
    }
    return found
  })
}

/** As the server wants them, soonest first. */
export const normalizeDaysOff = (list: readonly DaysOff[]): DaysOff[] =>
  list
    .map(({ from, to, note }) => ({ from, to: to || from, note: note.trim() }))
    .sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to))

const oneDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
const at = (date: string) => new Date(`${date}T00:00:00Z`)

/** "24 Dec 2026" or "24 – 26 Dec 2026", in the viewer's language; dates have no time zone. */
export const daysInWords = ({ from, to }: DaysOff): string =>
  !to || to === from ? oneDay.format(at(from)) : oneDay.formatRange(at(from), at(to))

/** How many days they are. */
export const countDays = ({ from, to }: DaysOff): number =>
  Math.round((at(to || from).getTime() - at(from).getTime()) / 86_400_000) + 1

/** Today's date in a time zone. */
export const today = (now: number, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-CA', { ...(timeZone ? { timeZone } : {}) }).format(now)

/** The first of them that is not over, if any is left. */
export const nextDaysOff = (list: readonly DaysOff[], date: string): DaysOff | undefined =>
  normalizeDaysOff(list).find((entry) => entry.to >= date)
