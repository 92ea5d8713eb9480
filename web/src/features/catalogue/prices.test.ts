import { describe, expect, it } from 'vitest'
import { formatPrice, parsePrice } from './prices'

describe('parsePrice', () => {
  it.each([
    ['25', 25],
    ['25.5', 25.5],
    [' 12,50 ', 12.5],
    ['0', 0],
  ])('reads %j', (text, price) => expect(parsePrice(text)).toBe(price))

  it.each(['', '-1', '1.234', '1,000.00', '.5', 'free', '1e3'])('refuses %j', (text) =>
    expect(parsePrice(text)).toBeUndefined(),
  )
})

describe('formatPrice', () => {
  it('names the currency', () => {
    expect(formatPrice(25, 'EUR')).toMatch(/25\.00/)
    expect(formatPrice(25, 'XYZ')).toMatch(/XYZ/)
  })
})
