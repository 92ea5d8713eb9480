import { describe, expect, it } from 'vitest'
import { addDays, dateOf, dayBounds, instantAt, snap, wallClock, weekOf } from './dates'

const zone = 'Europe/Belgrade'
const iso = (at: number) => new Date(at).toISOString()

describe('days of a zone', () => {
  it('have 23, 24 or 25 hours', () => {
    const hours = (date: string) => {
      const [from, to] = dayBounds(date, zone)
      return (to - from) / 3_600_000
    }
    expect([hours('2026-03-29'), hours('2026-11-24'), hours('2026-10-25')]).toEqual([23, 24, 25])
  })
  it('begin where the zone says', () => {
    expect(iso(dayBounds('2026-11-24', zone)[0])).toBe('2026-11-23T23:00:00.000Z')
    expect(dateOf(Date.parse('2026-11-23T23:30:00Z'), zone)).toBe('2026-11-24')
  })
  it('are counted by the calendar', () => {
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26')
    expect(weekOf('2026-11-29')).toBe('2026-11-23')
    expect(weekOf('2026-11-23')).toBe('2026-11-23')
  })
})

describe('instantAt', () => {
  it('finds what the wall shows, also on days on which the clocks change', () => {
    expect(iso(instantAt('2026-11-24', '09:30', zone))).toBe('2026-11-24T08:30:00.000Z')
    expect(iso(instantAt('2026-03-29', '09:00', zone))).toBe('2026-03-29T07:00:00.000Z')
    expect(iso(instantAt('2026-10-25', '09:00', zone))).toBe('2026-10-25T08:00:00.000Z')
    expect(iso(instantAt('2026-11-24', '24:00', zone))).toBe('2026-11-24T23:00:00.000Z')
    expect(wallClock(instantAt('2026-07-01', '18:45', 'America/Los_Angeles'), 'America/Los_Angeles')).toEqual(
      {
        date: '2026-07-01',
        minutes: 18 * 60 + 45,
      },
    )
  })
})

it('snaps to whole steps', () => {
  expect(iso(snap(Date.parse('2026-11-24T09:07:31Z'), 5))).toBe('2026-11-24T09:10:00.000Z')
  expect(iso(snap(Date.parse('2026-11-24T09:07:29Z'), 15))).toBe('2026-11-24T09:00:00.000Z')
})
