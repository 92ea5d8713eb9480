import { describe, expect, it } from 'vitest'
import { nobodyCanBook, type Rules, rulesInWords } from './rules'

const rules = (fields: Partial<Rules> = {}): Rules => ({
  lead_minutes: 120,
  horizon_days: 60,
  cancel_until_minutes: 1440,
  needs_confirmation: true,
  slot_minutes: 15,
  reminder_minutes: [1440, 120],
  ...fields,
})

describe('rulesInWords', () => {
  it('says what the rules mean', () => {
    expect(rulesInWords(rules())).toEqual([
      'Customers can book from 2 hours to 60 days ahead.',
      'They choose among starts 15 minutes apart.',
      'A new booking waits until you confirm it; its time is kept meanwhile.',
      'They can move or cancel it by themselves until 1 day before it begins.',
      'They are reminded by mail 1 day and 2 hours before it.',
    ])
  })

  it('has words for nothing and for one', () => {
    expect(
      rulesInWords(
        rules({
          lead_minutes: 0,
          horizon_days: 1,
          cancel_until_minutes: 0,
          needs_confirmation: false,
          slot_minutes: 60,
          reminder_minutes: [],
        }),
      ),
    ).toEqual([
      'Customers can book from right now until tomorrow.',
      'They choose among starts an hour apart.',
      'A new booking is confirmed at once.',
      'They can move or cancel it by themselves until it begins.',
      'Nobody is reminded.',
    ])
  })

  it('warns of rules that keep everybody out', () => {
    const shut = rules({ lead_minutes: 4 * 1440, horizon_days: 2 })
    expect(nobodyCanBook(shut)).toBe(true)
    expect(rulesInWords(shut)[0]).toBe(
      'Customers cannot book at all: 4 days from now is after the last day, which is 2 days ahead.',
    )
    expect(nobodyCanBook(rules({ lead_minutes: 2 * 1440, horizon_days: 2 }))).toBe(false)
  })
})
