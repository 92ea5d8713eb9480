import { describe, expect, it } from 'vitest'
import { reservation } from '@/test/samples'
import { withPending } from './api/pending'
import { withReservation } from './api/range'

const range = { business: undefined, from: '2026-11-23T00:00:00Z', to: '2026-11-24T00:00:00Z' }
const known = reservation({ id: 'r1', version: 2, start_time: '2026-11-23T10:00:00Z' })

describe('a loaded range', () => {
  it('takes a reservation that belongs into it', () => {
    expect(withReservation([], range, known)).toEqual([known])
    expect(withReservation([], { ...range, business: 'another' }, known)).toEqual([])
    expect(withReservation([], { ...range, to: '2026-11-23T10:00:00Z' }, known)).toEqual([])
  })
  it('takes a newer version and refuses an older one', () => {
    const newer = { ...known, version: 3, status: 'confirmed' as const }
    expect(withReservation([known], range, newer)).toEqual([newer])
    const rows = [newer]
    expect(withReservation(rows, range, known)).toBe(rows)
  })
  it('loses one that was moved elsewhere', () => {
    expect(
      withReservation([known], range, { ...known, version: 3, start_time: '2026-11-25T10:00:00Z' }),
    ).toEqual([])
  })
})

it('the waiting list has what waits, the soonest first', () => {
  expect(withPending([known], { ...known, version: 3, status: 'confirmed' })).toEqual([])
  const moved = { ...known, version: 3, start_time: '2026-11-23T12:00:00Z' }
  const other = reservation({ id: 'r2', start_time: '2026-11-23T11:00:00Z' })
  expect(withPending([known, other], moved)).toEqual([other, moved])
  expect(withPending([], moved)).toEqual([moved])
  const rows = [moved]
  expect(withPending(rows, known)).toBe(rows)
  expect(withPending(rows, { ...other, status: 'canceled' })).toBe(rows)
})
