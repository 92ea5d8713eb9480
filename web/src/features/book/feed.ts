import { type LogEvent, parsePositions, positionOf, recordPositions, type Slots } from '@/api'
import { applyChanges } from './slots'

/** The part of an EventSource that the feed uses. */
export interface Source {
  onmessage: ((message: { data: string }) => void) | null
  onopen: (() => void) | null
  onerror: (() => void) | null
  readonly readyState: number
  close(): void
}

type Open = (url: string) => Source

const CLOSED = 2
/** As many events as may happen while a day is on its way. */
const REMEMBERED = 500
const RETRY = 5_000

type SlotsChanged = LogEvent<'slots_changed'>

export interface Listener {
  /** Intervals were taken, held or given back. */
  changed(event: SlotsChanged): void
  /** Services, staff, hours or rules changed, or events were missed: everything is to be read again. */
  reload(): void
}

/**
 * The free and taken times of one business as they change, from a public event stream. Browsers reconnect by
 * themselves and say from where; what a stream cannot tell any more is read again.
 */
export class Feed {
  private source: Source | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private recent: SlotsChanged[] = []
  private last = ''

  constructor(
    private readonly channel: string,
    private readonly listener: Listener,
    private readonly open: Open = (url) => new EventSource(url) as unknown as Source,
  ) {}

  /** Follows from a position, "<channel>=<epoch>:<seq>". */
  start(since: string): void {
    this.last = since
    this.connect()
  }

  stop(): void {
    clearTimeout(this.retry)
    this.source?.close()
    this.source = undefined
  }

  private connect(): void {
    const query = new URLSearchParams({ channels: this.channel, since: this.last })
    const source = this.open(`/sse/?${query}`)
    this.source = source
    source.onmessage = (message) => this.receive(message.data)
    // A browser gives up where the answer was no stream, such as 503: then it is on us.
    source.onerror = () => {
      if (source.readyState !== CLOSED || this.source !== source) return
      clearTimeout(this.retry)
      this.retry = setTimeout(() => this.connect(), RETRY * (1 + Math.random()))
    }
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as { type: string; channel?: string; epoch?: string; seq?: number }
    if (message.type === 'reset') {
      this.last = `${message.channel}=${message.epoch}:${message.seq}`
      this.recent = []
      this.listener.reload()
      return
    }
    if (message.type !== 'slots_changed') return
    const event = message as unknown as SlotsChanged
    const epoch = parsePositions(this.last)[0]?.epoch
    if (epoch) this.last = `${this.channel}=${epoch}:${event.seq}`
    if (event.payload.reload) this.listener.reload()
    if (event.payload.changes.length === 0) return
    this.recent.push(event)
    if (this.recent.length > REMEMBERED) this.recent.shift()
    this.listener.changed(event)
  }

  /** Puts on top of a day that was just read what has happened since it was. */
  catchUp(day: Slots): Slots {
    return this.recent.reduce((known, event) => patchDay(known, event), day)
  }
}

/** A day after an event; the same day if it knows of the event already. */
export function patchDay(day: Slots, event: SlotsChanged): Slots {
  const at = positionOf(day, event.channel)
  if (!at || event.seq <= at.seq) return day
  const patched = { ...day, busy: applyChanges(day.busy, event.payload.changes) }
  recordPositions(patched, [{ ...at, seq: event.seq }])
  return patched
}
