import { describe, expect, it } from 'vitest'
import { amountOf, minutesInWords, minutesOf, minutesShort } from './amount'

describe('amounts', () => {
  it.each([
    [0, '0', 'hours'],
    [45, '45', 'minutes'],
    [120, '2', 'hours'],
    [90, '90', 'minutes'],
    [1440, '1', 'days'],
    [36 * 60, '36', 'hours'],
  ] as const)('says %i minutes as %s %s', (minutes, amount, unit) => {
    expect(amountOf(minutes)).toEqual({ amount, unit })
    expect(minutesOf({ amount, unit })).toBe(minutes)
  })

  it.each(['', '-1', '1.5', 'two', '9999999999'])('does not read %j', (amount) =>
    expect(minutesOf({ amount, unit: 'hours' })).toBeUndefined(),
  )
})

describe('words', () => {
  it.each([
    [0, '0 minutes', '0 min'],
    [1, '1 minute', '1 min'],
    [60, '1 hour', '1 h'],
    [90, '1 hour 30 minutes', '1 h 30 min'],
    [1440, '1 day', '24 h'],
    [2880, '2 days', '48 h'],
    [1500, '25 hours', '25 h'],
  ])('%i', (minutes, words, short) => {
    expect(minutesInWords(minutes)).toBe(words)
    expect(minutesShort(minutes)).toBe(short)
  })
})
