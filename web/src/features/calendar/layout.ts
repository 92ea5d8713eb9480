/** Lays out what happens at the same time side by side. */

interface Timed {
  start_time: string
  end_time: string
}

export interface Placed<T> {
  item: T
  /** The place among those beside it, from 0, and how many there are. */
  lane: number
  lanes: number
}

/** Gives each item a lane, so that none covers another. What overlaps, directly or not, shares one width. */
export function layout<T extends Timed>(items: readonly T[]): Placed<T>[] {
  const sorted = [...items].sort(
    (a, b) =>
      Date.parse(a.start_time) - Date.parse(b.start_time) || Date.parse(b.end_time) - Date.parse(a.end_time),
  )
  const placed: Placed<T>[] = []
  let cluster: Placed<T>[] = []
  let ends: number[] = []
  const close = () => {
    for (const one of cluster) one.lanes = ends.length
    placed.push(...cluster)
    cluster = []
    ends = []
  }
  for (const item of sorted) {
    const from = Date.parse(item.start_time)
    if (ends.every((end) => end <= from)) close()
    const free = ends.findIndex((end) => end <= from)
    const lane = free < 0 ? ends.length : free
    ends[lane] = Date.parse(item.end_time)
    cluster.push({ item, lane, lanes: 0 })
  }
  close()
  return placed
}
