import { describe, expect, it } from 'vitest'
import type { Span } from '@/api'
import {
  copyDay,
  everyDay,
  formatClock,
  nextSpan,
  normalizeSpans,
  parseClock,
  spanProblem,
  weekInWords,
  weekOf,
} from './week'

const span = (start: string, end: string): Span => ({ start, end })
const nine = span('09:00', '18:00')

describe('parseClock', () => {
  it.each([
    ['09:00', 540],
    ['9:05', 545],
    ['09:00:00', 540],
    [' 00:00 ', 0],
    ['24:00', 1440],
  ])('reads %s', (text, minutes) => expect(parseClock(text)).toBe(minutes))

  it.each(['', '9', '9.30', '24:01', '25:00', '09:60', '-1:00', 'nine'])('refuses %j', (text) =>
    expect(parseClock(text)).toBeUndefined(),
  )

  it('is undone by formatClock', () => {
    for (let minutes = 0; minutes <= 1440; minutes++) {
      expect(parseClock(formatClock(minutes))).toBe(minutes)
    }
  })
})

describe('spanProblem', () => {
  it('has nothing against days in any order, spans that touch, and midnight', () => {
    expect(spanProblem([])).toBeUndefined()
    expect(spanProblem([span('14:00', '18:00'), span('09:00', '12:00')])).toBeUndefined()
    expect(spanProblem([span('09:00', '12:00'), span('12:00', '18:00')])).toBeUndefined()
    expect(spanProblem([span('18:00', '24:00')])).toBeUndefined()
    expect(spanProblem([span('00:00', '00:00')])).toBeUndefined()
  })

  it('names the span that is not whole', () => {
    expect(spanProblem([nine, span('', '20:00')])).toMatchObject({ at: [1], message: /both times/ })
  })

  it('names the span that ends before it begins', () => {
    expect(spanProblem([span('18:00', '09:00')])).toMatchObject({ at: [0], message: /18:00 to 09:00/ })
    expect(spanProblem([span('09:00', '09:00')])).toMatchObject({ at: [0] })
  })

  it('names both spans that overlap, however they are ordered', () => {
    expect(spanProblem([span('17:00', '20:00'), span('08:00', '08:30'), nine])).toEqual({
      message: '09:00–18:00 and 17:00–20:00 overlap.',
      at: [0, 2],
    })
    expect(spanProblem([span('20:00', '00:00'), span('23:00', '24:00')])).toMatchObject({ at: [0, 1] })
  })

  it('bounds their number', () => {
    const many = Array.from({ length: 13 }, (_, i) => span(formatClock(i * 60), formatClock(i * 60 + 30)))
    expect(spanProblem(many)?.message).toMatch(/at most 12/)
  })
})

describe('normalizeSpans', () => {
  it('orders, pads, merges what touches, and writes midnight as 24:00', () => {
    expect(normalizeSpans([span('14:00', '0:00'), span('9:00', '12:00'), span('12:00', '13:00')])).toEqual([
      span('09:00', '13:00'),
      span('14:00', '24:00'),
    ])
  })

  it('changes nothing that is in order', () => {
    const day = [span('09:00', '12:00'), span('13:00', '24:00')]
    expect(normalizeSpans(day)).toEqual(day)
  })
})

describe('copyDay', () => {
  it('changes the days that are named, and no other', () => {
    const week = weekOf((day) => (day === 'monday' ? [nine] : []))
    const copied = copyDay(week, 'monday', ['tuesday', 'sunday'])
    expect(copied.tuesday).toEqual([nine])
    expect(copied.sunday).toEqual([nine])
    expect(copied.wednesday).toEqual([])
    expect(week.tuesday).toEqual([])
    expect(copied.tuesday[0]).not.toBe(copied.monday[0])
  })
})

describe('nextSpan', () => {
  it('begins with what is usual, then leaves an hour', () => {
    expect(nextSpan([], nine)).toEqual(nine)
    expect(nextSpan([span('09:00', '12:00')], nine)).toEqual(span('13:00', '15:00'))
    expect(nextSpan([span('09:00', '22:00')], nine)).toEqual(span('23:00', '24:00'))
    expect(nextSpan([span('09:00', '24:00')], nine)).toEqual(span('', ''))
  })
})

describe('weekInWords', () => {
  it('tells days together that are alike', () => {
    expect(weekInWords(everyDay(nine), 'Closed')).toBe('Every day 09:00–18:00')
    expect(weekInWords(everyDay(), 'Closed')).toBe('Closed')
    const week = weekOf((day) =>
      day === 'sunday' ? [] : day === 'saturday' ? [span('10:00', '12:00'), span('13:00', '15:00')] : [nine],
    )
    expect(weekInWords(week, 'Closed')).toBe('Mon–Fri 09:00–18:00; Sat 10:00–12:00, 13:00–15:00')
  })
})
