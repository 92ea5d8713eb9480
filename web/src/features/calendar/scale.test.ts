import { describe, expect, it } from 'vitest'
import { instantAt } from './dates'
import { clockOf, exactScale, pulled, type Scale, wallScale } from './scale'

const zone = 'Europe/Belgrade'
const spring = '2026-03-29'
const autumn = '2026-10-25'

describe('exactScale', () => {
  it('is as long as the day', () => {
    const nine = (date: string) => exactScale(date, zone).minutesAt(instantAt(date, '09:00', zone))
    expect([nine(spring), nine('2026-11-24'), nine(autumn)]).toEqual([480, 540, 600])
  })
  it('tells the two hours apart that have one name', () => {
    const scale = exactScale(autumn, zone)
    expect(scale.minutesAt(Date.parse('2026-10-25T00:30:00Z'))).toBe(150)
    expect(scale.minutesAt(Date.parse('2026-10-25T01:30:00Z'))).toBe(210)
  })
})

describe('wallScale', () => {
  it('has every hour at the same height on every day', () => {
    for (const date of [spring, '2026-11-24', autumn]) {
      const scale = wallScale(date, zone)
      expect(scale.minutesAt(instantAt(date, '09:30', zone)), date).toBe(570)
      expect(scale.instantAt(570), date).toBe(instantAt(date, '09:30', zone))
      expect(scale.minutesAt(instantAt(date, '24:00', zone)), date).toBe(1440)
    }
  })
  it('puts what is on other days above and below', () => {
    const scale = wallScale(autumn, zone)
    expect(scale.minutesAt(instantAt('2026-10-24', '23:00', zone))).toBe(-60)
    expect(scale.minutesAt(instantAt('2026-10-26', '01:00', zone))).toBe(1500)
  })
})

it('both lead back to where they began', () => {
  const back = (scale: Scale, minutes: number) => scale.minutesAt(scale.instantAt(minutes))
  for (const minutes of [0, 45, 300, 725, 1439]) {
    expect(back(exactScale(autumn, zone), minutes)).toBe(minutes)
    expect(back(wallScale('2026-11-24', 'Asia/Kathmandu'), minutes)).toBe(minutes)
  }
})

it('pulls by whole steps, and not off the grid', () => {
  const grid = { from: 480, to: 1080 }
  expect(pulled(610, 0, 15, 30, grid)).toBe(610)
  expect(pulled(610, 9, 15, 30, grid)).toBe(615)
  expect(pulled(610, 9, 5, 30, grid)).toBe(620)
  expect(pulled(610, -900, 15, 30, grid)).toBe(480)
  expect(pulled(610, 900, 15, 30, grid)).toBe(1050)
})

it('writes clocks', () => {
  expect([clockOf(545), clockOf(0), clockOf(1440)]).toEqual(['09:05', '00:00', '24:00'])
})
