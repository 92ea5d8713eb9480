import { describe, expect, it } from 'vitest'
import { countDays, daysInWords, daysOffProblems, nextDaysOff, normalizeDaysOff, today } from './days-off'

const off = (from: string, to = from, note = '') => ({ from, to, note })

describe('daysOffProblems', () => {
  it('has nothing against single days and ranges', () => {
    expect(
      daysOffProblems([off('2026-12-24', ''), off('2026-12-24', '2026-12-26'), off('2028-02-29')]),
    ).toEqual([])
  })

  it('says which line and which field', () => {
    expect(
      daysOffProblems([
        off('', ''),
        off('2026-12-26', '2026-12-24'),
        off('2027-02-29', '2027-13-01', 'x'.repeat(201)),
      ]).map(({ index, field }) => [index, field]),
    ).toEqual([
      [0, 'from'],
      [1, 'to'],
      [2, 'from'],
      [2, 'to'],
      [2, 'note'],
    ])
  })
})

describe('normalizeDaysOff', () => {
  it('fills in the last day, trims and orders', () => {
    expect(normalizeDaysOff([off('2026-12-31', '', ' New Year '), off('2026-05-01')])).toEqual([
      off('2026-05-01'),
      off('2026-12-31', '2026-12-31', 'New Year'),
    ])
  })
})

describe('words', () => {
  it('tells one day and several', () => {
    expect(daysInWords(off('2026-12-24'))).toMatch(/24.*2026/)
    expect(daysInWords(off('2026-12-24', '2026-12-26'))).toMatch(/24.*26.*2026/)
    expect(countDays(off('2026-12-24'))).toBe(1)
    expect(countDays(off('2026-03-28', '2026-03-30'))).toBe(3)
  })
})

describe('nextDaysOff', () => {
  it('leaves out what is over, and keeps what is under way', () => {
    const list = [off('2026-05-01'), off('2026-12-24', '2026-12-26'), off('2027-01-01')]
    expect(nextDaysOff(list, '2026-12-25')?.from).toBe('2026-12-24')
    expect(nextDaysOff(list, '2027-01-02')).toBeUndefined()
  })

  it('asks what day it is at the business', () => {
    const late = Date.parse('2026-11-22T23:30:00Z')
    expect(today(late, 'UTC')).toBe('2026-11-22')
    expect(today(late, 'Europe/Belgrade')).toBe('2026-11-23')
  })
})
