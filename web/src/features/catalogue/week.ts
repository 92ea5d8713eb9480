import type { Span, Week } from '@/api'

/** The days as the API names them, in the order of the page. */
export const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Day = (typeof days)[number]

export const workdays: readonly Day[] = days.slice(0, 5)

export const dayNames: Record<Day, string> = {
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
}

/** The server takes no more spans a day. */
export const MAX_SPANS = 12

const DAY = 24 * 60

/** Minutes since midnight of "9:00", "09:00" or "24:00"; undefined for what is no time of day. */
export function parseClock(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})(:00)?$/.exec(text.trim())
  if (!match) return undefined
  const minutes = Number(match[1]) * 60 + Number(match[2])
  return Number(match[2]) < 60 && minutes <= DAY ? minutes : undefined
}

/** "09:00"; midnight at the end of the day is "24:00". */
export function formatClock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Where a span begins and ends, in minutes; an end at 00:00 is the midnight after it. */
function bounds(span: Span): { start: number; end: number } | undefined {
  const start = parseClock(span.start)
  const end = parseClock(span.end) || (parseClock(span.end) === 0 ? DAY : undefined)
  return start === undefined || end === undefined || start === DAY ? undefined : { start, end }
}

export interface SpanProblem {
  message: string
  /** Which of the day's spans it is about. */
  at: number[]
}

/** The first thing that is wrong with a day, for people; undefined if nothing is. */
export function spanProblem(spans: readonly Span[]): SpanProblem | undefined {
  if (spans.length > MAX_SPANS) return { message: `A day has at most ${MAX_SPANS} spans.`, at: [] }
  const known: { start: number; end: number; at: number }[] = []
  for (const [at, span] of spans.entries()) {
    const bound = bounds(span)
    if (!bound) return { message: 'Fill in both times, or remove the line.', at: [at] }
    if (bound.start >= bound.end) {
      return { message: `${span.start} to ${span.end} ends before it begins.`, at: [at] }
    }
    known.push({ ...bound, at })
  }
  known.sort((a, b) => a.start - b.start)
  for (const [i, next] of known.entries()) {
    const before = known[i - 1]
    if (before && next.start < before.end) {
      const words = (s: { start: number; end: number }) => `${formatClock(s.start)}–${formatClock(s.end)}`
      return {
        message: `${words(before)} and ${words(next)} overlap.`,
        at: [before.at, next.at].sort((a, b) => a - b),
      }
    }
  }
  return undefined
}

/** A day without problems as the server wants it: in order, and spans that touch made one. */
export function normalizeSpans(spans: readonly Span[]): Span[] {
  const sorted = spans.flatMap((span) => bounds(span) ?? []).sort((a, b) => a.start - b.start)
  const merged: { start: number; end: number }[] = []
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged.map((span) => ({ start: formatClock(span.start), end: formatClock(span.end) }))
}

/** Makes a week of a function of its days. */
export const weekOf = (spans: (day: Day) => Span[]): Week =>
  Object.fromEntries(days.map((day) => [day, spans(day)])) as unknown as Week

export const everyDay = (...spans: Span[]): Week => weekOf(() => spans)

export const normalizeWeek = (week: Week): Week => weekOf((day) => normalizeSpans(week[day]))

/** Gives other days the spans of one. */
export const copyDay = (week: Week, from: Day, to: readonly Day[]): Week =>
  weekOf((day) => (to.includes(day) ? week[from].map((span) => ({ ...span })) : week[day]))

/** What is added to a day: the first span given, or an hour after the last one, if the day still has it. */
export function nextSpan(spans: readonly Span[], first: Span): Span {
  if (spans.length === 0) return first
  const end = Math.max(...spans.map((span) => bounds(span)?.end ?? 0))
  const start = end + 60
  return start >= DAY
    ? { start: '', end: '' }
    : { start: formatClock(start), end: formatClock(Math.min(DAY, start + 120)) }
}

const spansInWords = (spans: readonly Span[]): string =>
  spans.map((span) => `${span.start}–${span.end}`).join(', ')

/** "Mon–Fri 09:00–18:00, Sat 10:00–14:00": days that follow each other and are alike are told together. */
export function weekInWords(week: Week, never: string): string {
  const short = (day: Day) => dayNames[day].slice(0, 3)
  const runs: { from: Day; to: Day; words: string }[] = []
  for (const day of days) {
    const words = spansInWords(week[day])
    const last = runs.at(-1)
    if (last && last.words === words) last.to = day
    else runs.push({ from: day, to: day, words })
  }
  const told = runs.filter((run) => run.words !== '')
  if (told.length === 0) return never
  if (told[0]?.from === 'monday' && told[0].to === 'sunday') return `Every day ${told[0].words}`
  return told
    .map(
      (run) =>
        `${run.from === run.to ? short(run.from) : `${short(run.from)}–${short(run.to)}`} ${run.words}`,
    )
    .join('; ')
}
