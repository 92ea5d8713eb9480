import type { LatencyBucket, SystemNode, SystemView } from '@/api'

/** How far back the charts go, in ms. */
export const SPAN = 5 * 60_000

/** Over how long what happens now and then is measured, in ms. */
const WINDOW = 10_000

/** Longer without figures is a hole: the tab was hidden, or the server away. In ms, as all times here. */
const HOLE = 10_000

/** What a server said of itself once. Counters are since its start. */
export interface Reading {
  seen: number
  connections: number
  opened: number
  frames: number
  writes: number
  lag: LatencyBucket[]
  lagCount: number
}

/** What was read at one moment, by node. */
export interface Sample {
  at: number
  readings: Record<string, Reading>
}

function readingOf({ seen_at, figures: { sockets } }: SystemNode): Reading {
  return {
    seen: Date.parse(seen_at),
    connections: sockets.connections,
    opened: sockets.opened,
    frames: sockets.frames,
    writes: sockets.writes,
    lag: sockets.last_write.buckets,
    lagCount: sockets.last_write.count,
  }
}

/** The samples with one more, without those that are too old. */
export function remember(samples: readonly Sample[], view: SystemView): Sample[] {
  const at = Date.parse(view.now)
  const live = view.nodes.filter((node) => !node.gone)
  const sample = { at, readings: Object.fromEntries(live.map((node) => [node.id, readingOf(node)])) }
  return [...samples.filter((s) => s.at > at - SPAN - WINDOW && s.at < at), sample]
}

/** A figure of a node at each sample; null where it cannot be told. */
export type Measure = (samples: readonly Sample[], index: number, node: string) => number | null

/**
 * The reading to compare with: the newest that is older by the window, or else the oldest there is. The same
 * row may be read twice, so the time is the server's and not the sample's.
 */
function before(
  samples: readonly Sample[],
  index: number,
  node: string,
  window: number,
): Reading | undefined {
  const now = samples[index]?.readings[node]
  let found: Reading | undefined
  for (let i = index - 1; now && i >= 0; i--) {
    const reading = samples[i]?.readings[node]
    if (!reading || now.seen - reading.seen > window + HOLE) break
    if (reading.seen < now.seen) found = reading
    if (found && now.seen - found.seen >= window) break
  }
  return found
}

const rate =
  (count: (reading: Reading) => number): Measure =>
  (samples, index, node) => {
    const now = samples[index]?.readings[node]
    const then = before(samples, index, node, 1)
    return now && then ? (count(now) - count(then)) / ((now.seen - then.seen) / 1000) : null
  }

export const connections: Measure = (samples, index, node) =>
  samples[index]?.readings[node]?.connections ?? null

/** Per second. */
export const connectionRate = rate((reading) => reading.opened)
export const eventRate = rate((reading) => reading.frames)

/** Events written with one system call. */
export const coalescing: Measure = (samples, index, node) => {
  const now = samples[index]?.readings[node]
  const then = before(samples, index, node, WINDOW)
  if (!now || !then || now.writes === then.writes) return null
  return (now.frames - then.frames) / (now.writes - then.writes)
}

/** Within how many seconds 99 of 100 events were written to the last connection of a loop. */
export const lag: Measure = (samples, index, node) => {
  const now = samples[index]?.readings[node]
  const then = before(samples, index, node, WINDOW)
  if (!now || !then || now.lagCount === then.lagCount) return null
  const buckets = now.lag.map(({ at_most, count }, i) => ({
    at_most,
    count: count - (then.lag[i]?.count ?? 0),
  }))
  return quantile(buckets, now.lagCount - then.lagCount, 0.99)
}

/**
 * The time within which that part of them was done. Within a bucket all times are taken for equally likely;
 * past the longest it is that bucket's end. The server computes the same from its start on.
 */
export function quantile(buckets: readonly LatencyBucket[], count: number, part: number): number | null {
  if (count === 0) return null
  const rank = part * count
  let below: LatencyBucket = { at_most: 0, count: 0 }
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > below.count) {
      const within = (rank - below.count) / (bucket.count - below.count)
      return below.at_most + within * (bucket.at_most - below.at_most)
    }
    below = bucket
  }
  return below.at_most
}

/** One moment of a chart: each node's value by its id. */
export interface Point {
  at: number
  values: Record<string, number | null>
}

export function pointsOf(samples: readonly Sample[], measure: Measure, nodes: readonly string[]): Point[] {
  return samples.map(({ at }, index) => ({
    at,
    values: Object.fromEntries(nodes.map((node) => [node, measure(samples, index, node)])),
  }))
}

/** The newest values that there are. */
export function latest(points: readonly Point[]): number[] {
  const values = Object.values(points.at(-1)?.values ?? {})
  return values.filter((value) => value !== null)
}
