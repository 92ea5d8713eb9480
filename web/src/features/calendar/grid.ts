import type { Reservation, Span, Staff, Week } from '@/api'
import { dayBounds, formatClock, formatIn, instantAt, wallClock } from './dates'
import { exactScale, type Scale, wallScale } from './scale'

/** One column of the calendar: a day, and whose it is. */
export interface Column {
  key: string
  date: string
  title: string
  /** Undefined for reservations of nobody who works here. */
  staff: string | undefined
  items: Reservation[]
  /** Stretches without work, in milliseconds. */
  closed: [number, number][]
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const spansOf = (week: Week, date: string): Span[] =>
  week[weekdays[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? 'monday']

/** When somebody does not work on a day: outside of the hours of the business and their own, and in breaks. */
export function closedOn(
  date: string,
  zone: string,
  hours: Week | undefined,
  member: Staff | undefined,
  holidays: readonly { from: string; to: string }[],
): [number, number][] {
  const [from, to] = dayBounds(date, zone)
  const off = [...holidays, ...(member?.days_off ?? [])].some((d) => d.from <= date && date <= d.to)
  if (off) return [[from, to]]
  const instants = (spans: Span[]) =>
    spans.map((s): [number, number] => [instantAt(date, s.start, zone), instantAt(date, s.end, zone)])
  const closed: [number, number][] = []
  for (const week of [hours, member?.hours ?? undefined]) {
    if (!week) continue
    let end = from
    for (const [opens, closes] of instants(spansOf(week, date))) {
      if (opens > end) closed.push([end, opens])
      end = closes
    }
    if (end < to) closed.push([end, to])
  }
  if (member) closed.push(...instants(spansOf(member.breaks, date)))
  return closed
}

/** Scales for columns that stand beside each other: exact for one day, by the wall's clock for several. */
export function scalesOf(columns: readonly Column[], zone: string): (column: Column) => Scale {
  const dates = [...new Set(columns.map((c) => c.date))]
  const make = dates.length > 1 ? wallScale : exactScale
  const scales = new Map(dates.map((date) => [date, make(date, zone)]))
  return (column) => scales.get(column.date) ?? make(column.date, zone)
}

/** What is shown of a day: from an hour before the first thing in it until an hour after the last. */
export function shownMinutes(
  columns: readonly Column[],
  scaleOf: (column: Column) => Scale,
  hours: Week | undefined,
  zone: string,
): { from: number; to: number } {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  let end = 0
  for (const column of columns) {
    const { minutesAt } = scaleOf(column)
    const include = (start: number, end: number) => {
      from = Math.min(from, minutesAt(start))
      to = Math.max(to, minutesAt(end))
    }
    end = Math.max(end, minutesAt(dayBounds(column.date, zone)[1]))
    for (const span of hours ? spansOf(hours, column.date) : [])
      include(instantAt(column.date, span.start, zone), instantAt(column.date, span.end, zone))
    for (const item of column.items) include(Date.parse(item.start_time), Date.parse(item.end_time))
  }
  if (to <= from) return { from: 8 * 60, to: 20 * 60 }
  return {
    from: Math.max(0, Math.floor(from / 60) * 60 - 60),
    to: Math.min(end, Math.ceil(to / 60) * 60 + 60),
  }
}

/** The lines of a grid: every whole hour of the wall's clock, in minutes from the top of its columns. */
export function hourLines(
  columns: readonly Column[],
  zone: string,
  shown: { from: number; to: number },
): { minutes: number; label: string }[] {
  const [first] = columns
  const lines: { minutes: number; label: string }[] = []
  if (!first) return lines
  const one = columns.every((c) => c.date === first.date)
  const { instantAt } = exactScale(first.date, zone)
  for (let minutes = shown.from; minutes <= shown.to; minutes += one ? 30 : 60) {
    const at = instantAt(minutes)
    if (!one) lines.push({ minutes, label: formatIn(minutes * 60_000, 'UTC', { timeStyle: 'short' }) })
    else if (wallClock(at, zone).minutes % 60 === 0) lines.push({ minutes, label: formatClock(at, zone) })
  }
  return lines
}

const shownStatuses: ReadonlySet<string> = new Set(['pending', 'confirmed', 'completed', 'no_show'])

/** The columns of one day: a member of staff each, and one for what is nobody's. */
export function dayColumns(
  date: string,
  zone: string,
  staff: readonly Staff[],
  reservations: readonly Reservation[],
  hours: Week | undefined,
  holidays: readonly { from: string; to: string }[],
): Column[] {
  const [from, to] = dayBounds(date, zone)
  const today = reservations.filter((r) => {
    const at = Date.parse(r.start_time)
    return shownStatuses.has(r.status) && at >= from && at < to
  })
  const active = staff.filter((s) => s.is_active || today.some((r) => r.staff === s.id))
  const ids = new Set(active.map((s) => s.id))
  const columns = active.map(
    (member): Column => ({
      key: `${date} ${member.id}`,
      date,
      title: member.name,
      staff: member.id,
      items: today.filter((r) => r.staff === member.id),
      closed: closedOn(date, zone, hours, member, holidays),
    }),
  )
  const nobodys = today.filter((r) => r.staff === null || !ids.has(r.staff))
  if (nobodys.length > 0 || active.length === 0) {
    columns.push({
      key: `${date} nobody`,
      date,
      title: active.length === 0 ? 'Appointments' : 'Without staff',
      staff: undefined,
      items: nobodys,
      closed: closedOn(date, zone, hours, undefined, holidays),
    })
  }
  return columns
}
