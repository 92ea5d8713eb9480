/** A place in a channel's log: the seq-th event of the log that the epoch names. */
export interface Position {
  channel: string
  epoch: string
  seq: number
}

/** Where the log stood when an answer was read, by the answer itself. */
const positions = new WeakMap<object, Position[]>()

/** Reads a header such as `dashboard=k3v9:41, user:0190…=k3v9:7`. */
export function parsePositions(header: string | null): Position[] {
  const found: Position[] = []
  for (const part of (header ?? '').split(',')) {
    const match = /^\s*(\S+)=([^:\s]+):(\d+)\s*$/.exec(part)
    if (match?.[1] && match[2] && match[3]) {
      found.push({ channel: match[1], epoch: match[2], seq: Number(match[3]) })
    }
  }
  return found
}

/** Remembers where the log stood when an answer was read. */
export function recordPositions(answer: unknown, at: Position[]): void {
  if (typeof answer === 'object' && answer !== null && at.length > 0) positions.set(answer, at)
}

/**
 * Where the log stood when an answer was read; empty for what feeds no live view. A fetcher that builds
 * something else from an answer hands the positions on with {@link recordPositions}.
 */
export function positionsOf(answer: unknown): Position[] {
  return typeof answer === 'object' && answer !== null ? (positions.get(answer) ?? []) : []
}

/** The same for one channel. */
export function positionOf(answer: unknown, channel: string): Position | undefined {
  return positionsOf(answer).find((p) => p.channel === channel)
}
