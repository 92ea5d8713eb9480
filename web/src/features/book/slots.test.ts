import { describe, expect, it } from 'vitest'
import type { Busy, Slots } from '@/api'
import { applyChanges, byDay, shownSlots } from './slots'

const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 24, hour, minute)).toISOString()

const busy = (chair: string, from: number, to: number, state: Busy['state'] = 'taken'): Busy => ({
  chair,
  start_time: at(from),
  end_time: at(to),
  state,
})

const day = (taken: Busy[], buffer = 0): Slots => ({
  timezone: 'UTC',
  date: '2026-11-24',
  duration_minutes: 60,
  buffer_minutes: buffer,
  slots: [9, 10, 11].map((hour) => ({
    start_time: at(hour),
    end_time: at(hour + 1),
    free: ['a', 'b'],
    taken: [],
  })),
  busy: taken,
})

const free = (shown: { free: string[] }[]) => shown.map((slot) => slot.free.join(''))

describe('applyChanges', () => {
  it('adds, replaces and removes intervals by chair and start', () => {
    const held = applyChanges([busy('a', 9, 10)], [busy('b', 9, 10, 'held')])
    expect(held).toHaveLength(2)
    const taken = applyChanges(held, [busy('b', 9, 11)])
    expect(taken).toHaveLength(2)
    expect(taken[1]?.end_time).toBe(at(11))
    expect(applyChanges(taken, [busy('a', 9, 10, 'free')])).toEqual([busy('b', 9, 11)])
  })

  it('knows an instant however it is written', () => {
    const freed = { ...busy('a', 9, 10, 'free'), start_time: '2026-11-24T09:00:00Z' }
    expect(applyChanges([busy('a', 9, 10)], [freed])).toEqual([])
  })

  it('takes a move in one event in either order, and what was never there', () => {
    const moved = [busy('a', 9, 10, 'free'), busy('a', 11, 12)]
    expect(applyChanges([busy('a', 9, 10)], moved)).toEqual([busy('a', 11, 12)])
    expect(applyChanges([busy('a', 9, 10)], moved.toReversed())).toEqual([busy('a', 11, 12)])
    expect(applyChanges([], [busy('a', 9, 10, 'free')])).toEqual([])
  })
})

describe('shownSlots', () => {
  const chairs = ['a', 'b']

  it('leaves a slot to those who are not busy then', () => {
    expect(free(shownSlots(day([busy('a', 9, 10), busy('b', 10, 12)]), chairs))).toEqual(['b', 'a', 'a'])
    expect(free(shownSlots(day([busy('a', 9, 12), busy('b', 9, 10)]), chairs))[0]).toBe('')
  })

  it('lets appointments touch, and keeps the buffer after each', () => {
    expect(free(shownSlots(day([busy('a', 10, 11)]), chairs))).toEqual(['ab', 'b', 'ab'])
    expect(free(shownSlots(day([busy('a', 10, 11)], 15), chairs))).toEqual(['b', 'b', 'ab'])
  })

  it('gives back what was taken when the day was read', () => {
    const read = day([])
    read.slots[0] = { start_time: at(9), end_time: at(10), free: [], taken: ['a'] }
    expect(free(shownSlots(read, chairs))[0]).toBe('a')
  })

  it('is not in its own way', () => {
    const own = { chair: 'a', start_time: at(9) }
    expect(free(shownSlots(day([busy('a', 9, 10, 'held'), busy('b', 9, 10)]), chairs, own))[0]).toBe('a')
  })

  it('takes busy time of a chair that is none any more as everybody’s', () => {
    expect(free(shownSlots(day([busy('gone', 9, 10)]), chairs))).toEqual(['', 'ab', 'ab'])
  })
})

describe('byDay', () => {
  it('puts slots under their dates in the business’s zone', () => {
    const slots = [at(21), at(22, 30), at(23, 30)].map((start) => ({
      start_time: start,
      end_time: start,
      staff: null,
    }))
    const days = byDay(slots, 'Europe/Belgrade').map(([date, of]) => [date, of.length])
    expect(days).toEqual([
      ['2026-11-24', 2],
      ['2026-11-25', 1],
    ])
  })
})
