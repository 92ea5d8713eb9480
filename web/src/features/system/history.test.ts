import { describe, expect, it } from 'vitest'
import type { SystemNode } from '@/api'
import { systemNode } from '@/test/samples'
import {
  coalescing,
  connectionRate,
  connections,
  eventRate,
  lag,
  latest,
  pointsOf,
  quantile,
  remember,
  type Sample,
  SPAN,
} from './history'

const START = Date.parse('2026-11-22T18:30:00Z')

/** What is read at a second, of nodes that gave their figures at a second. */
const read = (before: readonly Sample[], second: number, ...nodes: SystemNode[]) =>
  remember(before, { now: new Date(START + second * 1000).toISOString(), nodes })

const node = (seen: number, sockets: Parameters<typeof systemNode>[2] = {}, id = 'n1', gone = false) =>
  systemNode({ id, gone, seen_at: new Date(START + seen * 1000).toISOString() }, {}, sockets)

const buckets = (...counts: number[]) =>
  counts.map((count, i) => ({ at_most: [0.001, 0.01, 0.1][i] ?? 1, count }))

describe('remember', () => {
  it('keeps the last minutes', () => {
    let samples: Sample[] = []
    for (let second = 0; second < 1000; second += 2) samples = read(samples, second, node(second))
    const oldest = samples[0]?.at ?? 0
    expect(START + 998_000 - oldest).toBeGreaterThanOrEqual(SPAN)
    expect(START + 998_000 - oldest).toBeLessThan(SPAN + 20_000)
  })

  it('leaves out who is gone', () => {
    const samples = read([], 0, node(0), node(-60, {}, 'n2', true))
    expect(Object.keys(samples[0]?.readings ?? {})).toEqual(['n1'])
  })
})

describe('rates', () => {
  it('are over the time between what the server said, not between the answers', () => {
    let samples = read([], 0.1, node(0, { frames: 100, opened: 4 }))
    samples = read(samples, 2.9, node(2, { frames: 300, opened: 5 }))
    expect(eventRate(samples, 1, 'n1')).toBe(100)
    expect(connectionRate(samples, 1, 'n1')).toBe(0.5)
    expect(eventRate(samples, 0, 'n1')).toBeNull()
  })

  it('stay what they were when the same row is read twice', () => {
    let samples = read([], 0, node(0, { frames: 100 }))
    samples = read(samples, 2, node(2, { frames: 300 }))
    samples = read(samples, 4, node(2, { frames: 300 }))
    expect(eventRate(samples, 2, 'n1')).toBe(100)
  })

  it('are not told across a hole, and begin again after it', () => {
    let samples = read([], 0, node(0, { frames: 100, writes: 1 }))
    samples = read(samples, 60, node(60, { frames: 300, writes: 2 }))
    expect(eventRate(samples, 1, 'n1')).toBeNull()
    expect(coalescing(samples, 1, 'n1')).toBeNull()
    samples = read(samples, 62, node(62, { frames: 310, writes: 3 }))
    expect(eventRate(samples, 2, 'n1')).toBe(5)
  })

  it('are of each node by itself', () => {
    let samples = read([], 0, node(0, { frames: 0 }), node(0, { frames: 0 }, 'n2'))
    samples = read(samples, 2, node(2, { frames: 2 }), node(2, { frames: 20 }, 'n2'), node(2, {}, 'n3'))
    expect(pointsOf(samples, eventRate, ['n1', 'n2', 'n3']).at(-1)?.values).toEqual({
      n1: 1,
      n2: 10,
      n3: null,
    })
    expect(latest(pointsOf(samples, connections, ['n1', 'n2']))).toEqual([0, 0])
  })
})

describe('coalescing and lag', () => {
  it('are of the last ten seconds', () => {
    let samples: Sample[] = []
    for (let i = 0; i <= 10; i++) {
      // One event with each write at first, then ten with each.
      const frames = i <= 5 ? i : 5 + (i - 5) * 10
      samples = read(samples, i * 2, node(i * 2, { frames, writes: i }))
    }
    expect(coalescing(samples, 5, 'n1')).toBe(1)
    expect(coalescing(samples, 10, 'n1')).toBe(10)
  })

  it('take what there is before ten seconds have passed', () => {
    let samples = read([], 0, node(0, { frames: 0, writes: 0 }))
    samples = read(samples, 2, node(2, { frames: 6, writes: 2 }))
    expect(coalescing(samples, 1, 'n1')).toBe(3)
  })

  it('say nothing while nothing is written', () => {
    let samples = read([], 0, node(0, { frames: 5, writes: 5 }))
    samples = read(samples, 2, node(2, { frames: 5, writes: 5 }))
    expect(coalescing(samples, 1, 'n1')).toBeNull()
    expect(lag(samples, 1, 'n1')).toBeNull()
  })

  it('know nothing of how slow it was before', () => {
    const latency = (count: number, ...counts: number[]) => ({
      last_write: { count, p50: 0, p99: 0, buckets: buckets(...counts) },
    })
    let samples = read([], 0, node(0, latency(1000, 0, 0, 1000)))
    samples = read(samples, 2, node(2, latency(1100, 100, 100, 1100)))
    expect(lag(samples, 1, 'n1')).toBeCloseTo(0.00099)
  })
})

describe('quantile', () => {
  it.each([
    ['of nothing', buckets(0, 0, 0), 0, 0.5, null],
    ['at the end of a bucket', buckets(50, 90, 100), 100, 0.5, 0.001],
    ['within a bucket', buckets(50, 90, 100), 100, 0.7, 0.0055],
    ['past the longest', buckets(50, 90, 100), 1000, 0.99, 0.1],
  ])('%s', (_, list, count, part, want) => {
    const got = quantile(list, count, part)
    if (want === null) expect(got).toBeNull()
    else expect(got).toBeCloseTo(want)
  })
})
