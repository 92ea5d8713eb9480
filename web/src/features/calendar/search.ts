import { z } from 'zod'

/** What the calendar shows; it lives in the page's address. */
export const calendarSearch = z.object({
  view: z.enum(['day', 'week']).optional().catch(undefined),
  date: z.iso.date().optional().catch(undefined),
  staff: z.string().optional().catch(undefined),
})

export type CalendarSearch = z.infer<typeof calendarSearch>
