import type { DaysOff } from '@/api'

/** The holiday on a date, "2026-12-25"; both ends belong to it. */
export const holidayOn = (holidays: readonly DaysOff[], date: string): DaysOff | undefined =>
  holidays.find((holiday) => holiday.from <= date && date <= holiday.to)
