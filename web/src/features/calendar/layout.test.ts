import { describe, expect, it } from 'vitest'
import { layout } from './layout'

const at = (from: string, to: string) => ({
  start_time: `2026-11-24T${from}:00Z`,
  end_time: `2026-11-24T${to}:00Z`,
})

const lanes = (...items: ReturnType<typeof at>[]) =>
  layout(items).map(({ item, lane, lanes }) => `${item.start_time.slice(11, 16)} ${lane}/${lanes}`)

describe('layout', () => {
  it('gives what stands alone the whole width', () => {
    expect(lanes(at('09:00', '09:30'), at('09:30', '10:00'))).toEqual(['09:00 0/1', '09:30 0/1'])
  })
  it('puts what overlaps side by side', () => {
    expect(lanes(at('09:00', '10:00'), at('09:30', '10:30'))).toEqual(['09:00 0/2', '09:30 1/2'])
  })
  it('gives a chain one width and uses a lane again', () => {
    expect(
      lanes(at('09:00', '10:00'), at('09:30', '11:00'), at('10:00', '11:30'), at('12:00', '13:00')),
    ).toEqual(['09:00 0/2', '09:30 1/2', '10:00 0/2', '12:00 0/1'])
  })
})
