import type { LogEvent, Position } from '@/api'

/** How many of the newest events a channel keeps, for reads that land late. */
const KEPT = 256

/**
 * One channel as this page has applied it: `seq` is the last event applied, or the position of the
 * oldest read that the page shows, whichever came first.
 *
 * The rule that makes a gap impossible: for every read at position P in the cache, all events after P
 * have been applied or will be. A read that lands behind `seq` gets the events it missed from `kept`; if
 * those do not reach back far enough the channel asks the server again from P. Applying an event twice
 * is harmless, because entities carry versions and totals carry positions.
 */
export class Channel {
  readonly name: string
  /** How many parts of the page want it. */
  wanted = 0
  epoch: string | undefined
  seq: number | undefined
  /** How many subscribes await their answer; only what follows the last answer counts. */
  pending = 0
  subscribed = false
  /** Where the log stood when the subscription began; events up to it are caught up. */
  head = 0
  private kept: LogEvent[] = []

  constructor(name: string) {
    this.name = name
  }

  /** What an event is to this channel. */
  judge(event: LogEvent): 'apply' | 'duplicate' | 'gap' | 'ignore' {
    if (!this.subscribed || this.pending > 0) return 'ignore'
    if (this.seq === undefined) return 'apply'
    if (event.seq <= this.seq) return 'duplicate'
    return event.seq === this.seq + 1 ? 'apply' : 'gap'
  }

  applied(event: LogEvent): void {
    this.seq = event.seq
    this.kept.push(event)
    if (this.kept.length > KEPT) this.kept.shift()
  }

  /** Starts anew at a position, forgetting what came before. */
  restart(epoch: string, seq: number): void {
    if (epoch !== this.epoch || seq !== this.seq) this.kept = []
    this.epoch = epoch
    this.seq = seq
  }

  forget(): void {
    this.kept = []
    this.epoch = undefined
    this.seq = undefined
    this.head = 0
  }

  /**
   * Takes note of a read. Gives the events to apply to it again, or 'resume' when the server must be
   * asked for them, or 'epoch' when the read is of another log than the channel follows.
   */
  landed(at: Position): LogEvent[] | 'resume' | 'epoch' {
    if (this.epoch === undefined || this.seq === undefined) {
      this.epoch = at.epoch
      this.seq = at.seq
      // A subscription without a place to start from may have begun after this read.
      return this.subscribed || this.pending > 0 ? 'resume' : []
    }
    if (at.epoch !== this.epoch) return 'epoch'
    if (at.seq >= this.seq) return []
    const missed = this.kept.filter((event) => event.seq > at.seq)
    if (missed[0]?.seq === at.seq + 1) return missed
    this.seq = at.seq
    this.kept = []
    return 'resume'
  }
}
