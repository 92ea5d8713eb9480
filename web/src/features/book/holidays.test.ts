import { expect, it } from 'vitest'
import { holidayOn } from './holidays'

it('knows the first and the last day of a holiday', () => {
  const holidays = [{ from: '2026-12-24', to: '2026-12-26', note: 'Christmas' }]
  expect(holidayOn(holidays, '2026-12-23')).toBeUndefined()
  expect(holidayOn(holidays, '2026-12-24')?.note).toBe('Christmas')
  expect(holidayOn(holidays, '2026-12-26')?.note).toBe('Christmas')
  expect(holidayOn(holidays, '2026-12-27')).toBeUndefined()
})
