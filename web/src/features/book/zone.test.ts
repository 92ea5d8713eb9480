import { describe, expect, it } from 'vitest'
import {
  bothTimes,
  dateIn,
  differs,
  formatCountdown,
  formatLongDay,
  formatMinutes,
  formatPrice,
  formatTime,
} from './zone'

/** Some engines put a narrow space before AM. */
const plain = (text: string | undefined) => text?.replace(/\s/g, ' ')

describe('times in two zones', () => {
  it('shows the business time, and the visitor’s only where it differs', () => {
    const noon = '2026-11-24T12:00:00Z'
    expect(plain(bothTimes(noon, 'Europe/Belgrade', 'Europe/Berlin').time)).toBe('1:00 PM')
    expect(bothTimes(noon, 'Europe/Belgrade', 'Europe/Berlin').own).toBeUndefined()
    expect(plain(bothTimes(noon, 'Europe/Belgrade', 'America/New_York').own)).toBe('7:00 AM')
  })

  it('names the visitor’s day where it is another one', () => {
    const late = '2026-11-24T22:30:00Z'
    expect(plain(bothTimes(late, 'Europe/London', 'Asia/Tokyo').own)).toBe('Wed 7:30 AM')
    expect(dateIn(late, 'Asia/Tokyo')).toBe('2026-11-25')
    expect(formatLongDay(late, 'Europe/London')).toBe('Tuesday, November 24, 2026')
  })

  it('asks at each instant, for two zones may change their clocks on different days', () => {
    // Between the changes of spring 2026 New York is four hours behind London, not five.
    expect(plain(bothTimes('2026-03-20T12:00:00Z', 'Europe/London', 'America/New_York').own)).toBe('8:00 AM')
    expect(plain(bothTimes('2026-04-20T11:00:00Z', 'Europe/London', 'America/New_York').own)).toBe('7:00 AM')
    expect(differs('2026-07-01T12:00:00Z', 'Europe/London', 'UTC')).toBe(true)
    expect(differs('2026-12-01T12:00:00Z', 'Europe/London', 'UTC')).toBe(false)
  })

  it('tells the two hours apart that are the same where clocks are put back', () => {
    const names = ['00:30', '01:30'].map((utc) => formatTime(`2026-10-25T${utc}:00Z`, 'Europe/Belgrade'))
    expect(names.map(plain)).toEqual(['2:30 AM GMT+2', '2:30 AM GMT+1'])
    expect(plain(formatTime('2026-10-25T02:30:00Z', 'Europe/Belgrade'))).toBe('3:30 AM')
    expect(plain(formatTime('2026-03-29T01:30:00Z', 'Europe/Belgrade'))).toBe('3:30 AM')
  })
})

describe('what else is written', () => {
  it('counts down in minutes and seconds, and never below nothing', () => {
    expect([300, 299.2, 61, 60, 0.4, 0, -3].map(formatCountdown)).toEqual([
      '5:00',
      '5:00',
      '1:01',
      '1:00',
      '0:01',
      '0:00',
      '0:00',
    ])
  })

  it('writes lengths and prices', () => {
    expect([20, 60, 75].map(formatMinutes)).toEqual(['20 min', '1 h', '1 h 15 min'])
    expect(formatPrice(0, 'EUR')).toBe('Free')
    expect(formatPrice(12.5, 'EUR')).toBe('€12.50')
    expect(formatPrice(12.5, '')).toBe('12.50')
    expect(formatPrice(12.5, 'no currency')).toBe('12.5 no currency')
  })
})
