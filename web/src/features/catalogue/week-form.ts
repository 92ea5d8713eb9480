import type { z } from 'zod'
import type { DaysOff, Span, Week } from '@/api'
import { daysOffProblems, MAX_DAYS_OFF } from './days-off'
import { days, spanProblem, weekOf } from './week'

type Context = z.RefinementCtx

/** Complains at each day of a week that has something wrong. */
export function checkWeek(context: Context, field: string, week: Week): void {
  for (const day of days) {
    const problem = spanProblem(week[day])
    if (problem) context.addIssue({ code: 'custom', path: [field, day], message: problem.message })
  }
}

/** Complains at each date of a list that has something wrong. */
export function checkDaysOff(context: Context, field: string, list: DaysOff[]): void {
  if (list.length > MAX_DAYS_OFF) {
    context.addIssue({ code: 'custom', path: [field], message: `At most ${MAX_DAYS_OFF} lines.` })
  }
  for (const { index, field: part, message } of daysOffProblems(list)) {
    context.addIssue({ code: 'custom', path: [field, index, part], message })
  }
}

/** A week whose parts a form may change; the cached one is not its own. */
export const ownWeek = (week: Week): Week =>
  weekOf((day) => week[day].map(({ start, end }: Span) => ({ start, end })))

export const ownDaysOff = (list: DaysOff[]): DaysOff[] =>
  list.map(({ from, to, note }) => ({ from, to, note }))
