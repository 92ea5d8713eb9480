import { type Message, parseFrame } from './protocol'

/** The part of a WebSocket that the page uses. An event stream has it too. */
export interface Wire {
  readonly readyState: number
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(data: string): void
  close(code?: number): void
}

/** The server says something at least this often. */
const HEARTBEAT = 40_000

const CONNECTING = 0
const OPEN = 1
const CLOSED = 3

/**
 * A socket over server-sent events, for networks that let no WebSocket through. It goes one way, so what a
 * socket would tell the server becomes a new request: another set of channels, another token. The positions go
 * with it, and nothing is lost or told twice.
 */
export class EventStream implements Wire {
  readyState = CONNECTING
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  /** What is followed, and from where, as far as that is known. */
  private readonly channels = new Map<string, { epoch: string; seq: number } | undefined>()
  /** The channels whose subscribe has not been answered. */
  private readonly asked = new Set<string>()
  private request: AbortController | null = null
  private restarting = false
  private heardAt = 0

  constructor(
    private readonly url: string,
    private token: string,
  ) {
    // There is nothing to ask for yet: the page subscribes when it is told that the connection is open.
    queueMicrotask(() => {
      if (this.readyState !== CONNECTING) return
      this.readyState = OPEN
      this.heardAt = Date.now()
      this.onopen?.()
    })
  }

  send(data: string): void {
    if (this.readyState !== OPEN) return
    const message = JSON.parse(data) as Message
    switch (message.type) {
      case 'subscribe':
        this.channels.set(
          message.channel,
          message.since === undefined ? undefined : { epoch: message.epoch ?? '', seq: message.since },
        )
        this.asked.add(message.channel)
        this.restart()
        return
      case 'unsubscribe':
        this.channels.delete(message.channel)
        this.asked.delete(message.channel)
        this.restart()
        return
      case 'auth':
        this.token = message.token
        this.restart()
        return
      case 'ping':
        if (Date.now() - this.heardAt < HEARTBEAT) queueMicrotask(() => this.say({ type: 'pong' }))
        return
      case 'ack':
        return // a stream has no way back; the server counts what is read
    }
  }

  close(_code?: number): void {
    this.readyState = CLOSED
    this.request?.abort()
    this.request = null
  }

  /** Asks anew, once for all that changed at the same time. */
  private restart(): void {
    if (this.restarting) return
    this.restarting = true
    queueMicrotask(() => {
      this.restarting = false
      if (this.readyState !== OPEN) return
      this.request?.abort()
      this.request = null
      if (this.channels.size > 0) void this.listen()
    })
  }

  private async listen(): Promise<void> {
    const request = new AbortController()
    this.request = request
    const positions = [...this.channels].flatMap(([channel, at]) =>
      at ? [`${channel}=${at.epoch}:${at.seq}`] : [],
    )
    const channels = [...this.channels.keys()].map(encodeURIComponent).join(',')
    try {
      const response = await fetch(`${this.url}?channels=${channels}`, {
        headers: {
          Accept: 'text/event-stream',
          Authorization: `Bearer ${this.token}`,
          ...(positions.length > 0 ? { 'Last-Event-ID': positions.join(',') } : {}),
        },
        cache: 'no-store',
        signal: request.signal,
      })
      if (!response.ok || !response.body) {
        this.refused(request, response)
        return
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      let rest = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done || request !== this.request) break
        this.heard()
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          this.block(block)
          if (request !== this.request) return
        }
      }
    } catch {
      // It was cut off, or given up by restart or close.
    }
    this.ended(request, 1006)
  }

  /** An answer that is no stream becomes what a socket would have closed with. */
  private refused(request: AbortController, response: Response): void {
    const after = Number(response.headers.get('Retry-After'))
    if (after > 0) this.say({ type: 'reconnect', after_ms: after * 1000 })
    const code = { 401: 4401, 403: 4403 }[response.status] ?? 1006
    this.ended(request, code)
  }

  private ended(request: AbortController, code: number): void {
    if (request !== this.request || this.readyState !== OPEN) return
    this.request = null
    this.readyState = CLOSED
    this.onclose?.({ code })
  }

  private block(block: string): void {
    for (const line of block.split('\n')) {
      if (line.startsWith('data: ')) this.take(line.slice('data: '.length))
    }
  }

  private take(text: string): void {
    const frame = parseFrame(text) as
      | (ReturnType<typeof parseFrame> & { channel?: string; epoch?: string; seq?: number; head?: number })
      | { type: 'close'; code: number }
      | undefined
    if (!frame) return
    if (frame.type === 'close') {
      if (this.request) this.ended(this.request, (frame as { code: number }).code)
      return
    }
    if (!('channel' in frame) || frame.channel === undefined || frame.seq === undefined) {
      this.onmessage?.({ data: text })
      return
    }
    const { channel, seq } = frame
    const epoch = frame.epoch ?? this.channels.get(channel)?.epoch
    if (!this.channels.has(channel) || epoch === undefined) return
    this.channels.set(channel, { epoch, seq })
    if (frame.type === 'connection_established' || frame.type === 'subscribed') {
      if (frame.type === 'connection_established') this.onmessage?.({ data: text })
      // A stream that was only asked anew goes on where it was: the page need not know.
      if (this.asked.delete(channel)) this.say({ type: 'subscribed', channel, epoch, seq, head: frame.head })
      return
    }
    this.onmessage?.({ data: text })
  }

  private heard(): void {
    this.heardAt = Date.now()
    this.onmessage?.({ data: '' }) // a heartbeat is a sign of life, and says nothing
  }

  private say(frame: object): void {
    if (this.readyState === OPEN) this.onmessage?.({ data: JSON.stringify(frame) })
  }
}
