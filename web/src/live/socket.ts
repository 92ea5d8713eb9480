import { claimsOf, type LogEvent, type Position, SessionEnded } from '@/api'
import { Channel } from './channel'
import { actionFor, backoff, type Frame, isEvent, type Message, parseFrame, type Signal } from './protocol'
import { EventStream, type Wire } from './stream'

/** What the pill shows. */
export type LiveStatus =
  | { state: 'idle' }
  | { state: 'connecting' }
  /** `fallback`: over an event stream, because no WebSocket gets through. */
  | { state: 'live'; caughtUp?: number; fallback?: true }
  | { state: 'waiting'; until: number }
  | { state: 'offline' }
  | { state: 'stopped'; code: number }

/** The session, as far as the socket needs it. */
export interface LiveSession {
  readonly token: string | null
  fresh(milliseconds: number): Promise<string>
  refresh(stale: string | null): Promise<string>
  expiresAt(token?: string | null): number | undefined
  end(reason: 'expired' | 'revoked'): void
  subscribe(listener: (change: { type: string }) => void): () => void
}

export interface LiveOptions {
  session: LiveSession
  /** Asks the API whether the session is still good; throws SessionEnded if not. */
  verify(): Promise<unknown>
  onEvent(event: LogEvent): void
  /** Acks beside the connection, where that is a stream, which has no way back. */
  ack?: (channel: string, seq: number) => void
  onReset(channel: string): void
  url?: () => string
  streamUrl?: () => string
  /** How long an event stream does before the WebSocket is tried again, in milliseconds. */
  tryAgain?: number
  random?: () => number
  log?: (...parts: unknown[]) => void
}

const SILENCE = 30_000
const PONG_WITHIN = 8_000
const PROBE_WITHIN = 4_000
const STABLE = 5_000
const SHOWN = 4_000
const ACK_EVERY = 1_000
/** The channels whose sender wants to know what has arrived. */
const ACKED = /^(user|conversation):/
const AGAIN = 3_000
/** A connection starts with a token that is good for at least this long. */
const NEAR = 30_000
const OPEN_WITHIN = 15_000
/** A socket that dies sooner was not let through either. */
const SHORT = 2_000
/** So many sockets fail in a row although the API answers: then something in between lets none through. */
const BLOCKED = 2
const TRY_SOCKET_AGAIN = 5 * 60_000

/**
 * The one socket of the page.
 *
 *     idle -start-> connecting -open-> live -close-> waiting -time, online, wake-> connecting
 *                       \______________close______________/
 *     live -4401-> new token -> connecting      any -4409, refresh refused-> session over
 *     live -other 44xx-> stopped                any -stop-> idle
 *
 * Where no WebSocket gets through although the API answers, an event stream takes its place, and a WebSocket is
 * tried again now and then.
 *
 * It keeps the channels that the page wants subscribed from where they have been applied, checks every
 * sequence, and tells each event once and in order.
 */
export class LiveSocket {
  private readonly options: LiveOptions
  private readonly channels = new Map<string, Channel>()
  private readonly listeners = new Set<() => void>()
  private readonly signalListeners = new Set<(signal: Signal) => void>()
  /** What is to be acked, and what this connection has acked, by channel. */
  private readonly acks = new Map<string, number>()
  private readonly acked = new Map<string, number>()
  private status: LiveStatus = { state: 'idle' }
  private socket: Wire | null = null
  private token = ''
  private running = false
  private attempt = 0
  private failedHandshakes = 0
  /** How many sockets failed in a row just after the API had answered. */
  private blocked = 0
  private streaming = false
  private reauthed = false
  /** Grows with every connection, so that what an old one started finds out that it is old. */
  private generation = 0
  private catchingUp = 0
  private dueAt: number | undefined
  private timers: Partial<Record<Timer, ReturnType<typeof setTimeout>>> = {}
  private stopWatching: (() => void) | null = null

  constructor(options: LiveOptions) {
    this.options = options
  }

  // For useSyncExternalStore.
  readonly subscribeStatus = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  readonly getStatus = (): LiveStatus => this.status

  /** Hears of what is of this moment only, until the function it gives is called. */
  onSignal(listener: (signal: Signal) => void): () => void {
    this.signalListeners.add(listener)
    return () => this.signalListeners.delete(listener)
  }

  /** Tells the others of a conversation's channel that this person is writing. */
  typing(channel: string): void {
    this.send({ type: 'typing', channel })
  }

  start(): void {
    if (this.running) return
    this.running = true
    this.attempt = 0
    this.preferSocket()
    this.stopWatching = this.watch()
    void this.connect()
  }

  /** Ends the connection; a later start goes on from where this one was. */
  stop(): void {
    if (!this.running) return
    this.running = false
    this.stopWatching?.()
    this.stopWatching = null
    this.drop(1000)
    this.set({ state: 'idle' })
  }

  /** Forgets every position. Belongs together with emptying the query cache. */
  forget(): void {
    for (const channel of this.channels.values()) channel.forget()
    this.acks.clear()
  }

  /** Connects now instead of at the time the back-off gives. */
  readonly retry = (): void => {
    if (!this.running || this.socket) return
    this.attempt = 0
    void this.connect()
  }

  /** Follows a channel until the function it gives is called. */
  join(name: string): () => void {
    const channel = this.channel(name)
    channel.wanted++
    if (channel.wanted === 1) this.subscribe(channel)
    let joined = true
    return () => {
      if (!joined) return
      joined = false
      channel.wanted--
      if (channel.wanted > 0) return
      if (channel.subscribed || channel.pending > 0) this.send({ type: 'unsubscribe', channel: name })
      channel.subscribed = false
    }
  }

  /**
   * Says that a read at these positions is in the cache. Events that it misses are told again, at once
   * where they are still known and from the server where not.
   */
  landed(positions: Position[]): void {
    for (const at of positions) {
      const channel = this.channel(at.channel)
      const missed = channel.landed(at)
      if (missed === 'epoch') {
        channel.restart(at.epoch, at.seq)
        this.acked.delete(at.channel)
        this.subscribe(channel)
        this.options.onReset(channel.name)
      } else if (missed === 'resume') {
        this.subscribe(channel)
      } else {
        for (const event of missed) this.options.onEvent(event)
        // What was read is here as much as what was told.
        this.ack(channel)
      }
    }
  }

  // --- connecting ---------------------------------------------------------------------------------

  private async connect(): Promise<void> {
    const generation = ++this.generation
    this.clear('retry')
    this.dueAt = undefined
    this.set({ state: 'connecting' })
    let token: string
    const asking = this.failedHandshakes >= 2
    try {
      // A browser does not say why a handshake failed. After two in a row ask the API, which does.
      if (asking) await this.options.verify()
      token = await this.options.session.fresh(NEAR)
    } catch (error) {
      if (generation !== this.generation || !this.running) return
      if (error instanceof SessionEnded) this.over()
      else this.wait()
      return
    }
    if (generation !== this.generation || !this.running) return
    if (this.blocked >= BLOCKED) this.streaming = true
    this.open(token, asking)
  }

  private open(token: string, apiAnswered: boolean): void {
    this.token = token
    const streaming = this.streaming
    const socket = streaming
      ? new EventStream((this.options.streamUrl ?? (() => '/sse/'))(), token)
      : webSocket(this.options.url, token)
    this.socket = socket
    let openedAt: number | undefined
    let heardStream = false
    this.after('opening', OPEN_WITHIN, () => this.lose(socket))
    socket.onopen = () => {
      if (socket !== this.socket) return
      openedAt = Date.now()
      this.clear('opening')
      this.log(streaming ? 'Event stream connected' : 'WebSocket connected')
      this.heard()
      this.after('stable', STABLE, () => {
        this.attempt = 0
        this.failedHandshakes = 0
        this.reauthed = false
        if (streaming) return
        this.blocked = 0
      })
      if (streaming) this.after('socket', this.options.tryAgain ?? TRY_SOCKET_AGAIN, () => this.trySocket())
      this.catchingUp = 0
      // A stream that is open has asked for nothing yet: it is live when something comes.
      if (!streaming) this.live()
      this.scheduleAuth(this.options.session.expiresAt(token))
      for (const channel of this.channels.values()) this.subscribe(channel)
      // Another tab may have brought a new token while this connection was being made.
      this.authenticate()
    }
    socket.onmessage = (message) => {
      if (socket !== this.socket) return
      this.heard()
      if (streaming && this.status.state === 'connecting') {
        heardStream = true
        this.live()
      }
      const frame = parseFrame(message.data)
      if (frame) this.receive(frame)
    }
    socket.onclose = (event) => {
      if (socket !== this.socket) return
      if (openedAt === undefined || (Date.now() - openedAt < SHORT && event.code < 4400)) {
        this.failedHandshakes++
        if (apiAnswered && !streaming) this.blocked++
      }
      if (streaming && !heardStream) {
        // Neither gets through: go on trying both.
        this.streaming = false
        this.blocked = 0
      }
      this.closed(event.code)
    }
  }

  /** Looks whether a WebSocket gets through by now, while the stream goes on; if so, changes over. */
  private trySocket(): void {
    const stream = this.socket
    const again = () => {
      probe.onopen = null
      probe.onclose = null
      probe.close()
      if (stream !== this.socket) return
      this.after('socket', this.options.tryAgain ?? TRY_SOCKET_AGAIN, () => this.trySocket())
    }
    const probe = webSocket(this.options.url, this.token)
    this.after('socket', OPEN_WITHIN, again)
    probe.onclose = again
    probe.onopen = () => {
      probe.onclose = null
      probe.close(1000)
      if (stream !== this.socket) return
      this.preferSocket()
      this.drop(1000)
      void this.connect()
    }
  }

  private preferSocket(): void {
    this.streaming = false
    this.blocked = 0
    this.failedHandshakes = 0
  }

  private live(caughtUp?: number): void {
    this.set({
      state: 'live',
      ...(caughtUp === undefined ? {} : { caughtUp }),
      ...(this.streaming ? { fallback: true as const } : {}),
    })
  }

  private closed(code: number): void {
    this.release()
    this.log('WebSocket disconnected')
    if (!this.running) return
    switch (actionFor(code)) {
      case 'signed_out':
        this.running = false
        this.stopWatching?.()
        this.set({ state: 'idle' })
        this.options.session.end('revoked')
        return
      case 'stop':
        this.set({ state: 'stopped', code })
        return
      case 'reauthenticate':
        void this.reauthenticate()
        return
      case 'reconnect':
        this.wait()
    }
  }

  /** The server no longer takes the token: get another one, once, before treating it as any failure. */
  private async reauthenticate(): Promise<void> {
    const generation = ++this.generation
    if (this.reauthed) {
      this.wait()
      return
    }
    this.reauthed = true
    this.set({ state: 'connecting' })
    try {
      await this.options.session.refresh(this.token)
    } catch (error) {
      if (generation !== this.generation || !this.running) return
      if (error instanceof SessionEnded) this.over()
      else this.wait()
      return
    }
    if (generation === this.generation && this.running) void this.connect()
  }

  private over(): void {
    this.running = false
    this.stopWatching?.()
    this.stopWatching = null
    this.release()
    this.set({ state: 'idle' })
    this.options.session.end('expired')
  }

  private wait(): void {
    const random = this.options.random ?? Math.random
    const given = this.dueAt === undefined ? undefined : Math.max(0, this.dueAt - Date.now())
    const delay = given ?? backoff(this.attempt++, random)
    this.set(
      navigator.onLine === false ? { state: 'offline' } : { state: 'waiting', until: Date.now() + delay },
    )
    this.after('retry', delay, () => void this.connect())
  }

  /** Gives a socket up that has gone silent, without waiting for its own end. */
  private lose(socket: Wire): void {
    if (socket !== this.socket) return
    this.failedHandshakes += socket.readyState === WebSocket.CONNECTING ? 1 : 0
    socket.onclose = null
    socket.close()
    this.closed(1006)
  }

  private drop(code: number): void {
    this.generation++
    const socket = this.socket
    this.release()
    if (!socket) return
    socket.onclose = null
    socket.onmessage = null
    socket.close(code)
    this.log('WebSocket disconnected')
  }

  private release(): void {
    this.socket = null
    for (const timer of Object.keys(this.timers) as Timer[]) this.clear(timer)
    // Whether the last ones arrived is not known: they are said again on the next connection.
    this.acks.clear()
    this.acked.clear()
    for (const channel of this.channels.values()) {
      channel.subscribed = false
      channel.pending = 0
    }
  }

  // --- receiving ----------------------------------------------------------------------------------

  private receive(frame: Frame): void {
    if (isEvent(frame)) {
      this.event(frame)
      return
    }
    switch (frame.type) {
      case 'connection_established':
      case 'authenticated':
        this.scheduleAuth(frame.expires_at ? Date.parse(frame.expires_at) : undefined)
        return
      case 'subscribed':
        this.subscribed(frame)
        return
      case 'reset': {
        const channel = this.channel(frame.channel)
        // While a subscribe awaits its answer this is about the subscription before it.
        if (!channel.subscribed) return
        channel.restart(frame.epoch, frame.seq)
        this.acked.delete(frame.channel)
        this.options.onReset(frame.channel)
        return
      }
      case 'reconnect':
        this.dueAt = Date.now() + frame.after_ms
        this.after('retry', frame.after_ms, () => {
          if (this.socket) this.drop(1000)
          void this.connect()
        })
        return
      case 'error':
        this.refused(frame)
        return
      case 'typing':
      case 'presence':
        for (const listener of [...this.signalListeners]) listener(frame)
        return
    }
  }

  private subscribed(frame: { channel: string; epoch: string; seq: number; head: number }): void {
    const channel = this.channel(frame.channel)
    channel.pending = Math.max(0, channel.pending - 1)
    if (channel.wanted === 0 || channel.pending > 0) return
    const foreign = channel.epoch !== undefined && channel.epoch !== frame.epoch
    const skipped = channel.seq !== undefined && frame.seq > channel.seq
    const resumed = channel.seq !== undefined
    channel.subscribed = true
    channel.head = frame.head
    if (channel.epoch !== frame.epoch || channel.seq !== frame.seq) channel.restart(frame.epoch, frame.seq)
    if (frame.channel === 'dashboard') this.log('Dashboard WebSocket connected')
    // A server that starts elsewhere than it was asked has lost something, whether it says so or not.
    if (foreign || skipped) {
      this.options.onReset(frame.channel)
      return
    }
    if (!resumed) return
    if (frame.head > frame.seq) this.catchingUp += frame.head - frame.seq
    this.ack(channel)
  }

  private refused(frame: { code: string; message: string; channel?: string }): void {
    if (frame.code === 'not_subscribed') return
    console.warn(`Live: ${frame.code}: ${frame.message}`)
    const channel = this.channels.get(frame.channel ?? '')
    if (!channel || channel.pending === 0) return
    channel.pending--
    if (frame.code !== 'unavailable') return
    this.after('again', AGAIN, () => {
      for (const each of this.channels.values()) {
        if (!each.subscribed && each.pending === 0) this.subscribe(each)
      }
    })
  }

  private event(event: LogEvent): void {
    const channel = this.channels.get(event.channel)
    if (!channel) return
    switch (channel.judge(event)) {
      case 'apply':
        channel.applied(event)
        if (event.channel === 'dashboard') this.log('Dashboard update:', event)
        this.log('Received real-time update:', event)
        this.options.onEvent(event)
        this.ack(channel)
        if (event.seq === channel.head && this.catchingUp > 0) this.caughtUp()
        return
      case 'gap':
        this.subscribe(channel)
        return
    }
  }

  private caughtUp(): void {
    const behind = [...this.channels.values()].some((c) => c.subscribed && (c.seq ?? 0) < c.head)
    if (behind) return
    this.live(this.catchingUp)
    this.catchingUp = 0
    this.after('shown', SHOWN, () => {
      if (this.status.state === 'live') this.live()
    })
  }

  // --- sending ------------------------------------------------------------------------------------

  /** Asks for everything after the channel's position; where it is followed already, from there again. */
  private subscribe(channel: Channel): void {
    if (channel.wanted === 0 || this.socket?.readyState !== WebSocket.OPEN) return
    const { name, seq, epoch } = channel
    if (channel.subscribed || channel.pending > 0) this.send({ type: 'unsubscribe', channel: name })
    channel.subscribed = false
    channel.pending++
    this.send({
      type: 'subscribe',
      channel: name,
      ...(seq !== undefined && epoch !== undefined ? { since: seq, epoch } : {}),
    })
  }

  /** Tells the server, soon and together with others, how far a channel has arrived. */
  private ack({ name, seq, subscribed }: Channel): void {
    if (!ACKED.test(name) || !subscribed || seq === undefined || seq <= (this.acked.get(name) ?? 0)) return
    this.acks.set(name, seq)
    if (this.timers.ack) return
    this.after('ack', ACK_EVERY, () => {
      for (const [channel, seq] of this.acks) {
        if (this.streaming) this.options.ack?.(channel, seq)
        else this.send({ type: 'ack', channel, seq })
        this.acked.set(channel, seq)
      }
      this.acks.clear()
    })
  }

  private send(message: Message): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  // --- staying ------------------------------------------------------------------------------------

  /** Refreshes the token a little before it ends; every tab at a slightly different moment. */
  private scheduleAuth(expires: number | undefined): void {
    if (expires === undefined || Number.isNaN(expires)) return
    const left = expires - Date.now()
    const lead = Math.min(60_000, left / 3) * (1 + (this.options.random ?? Math.random)() / 2)
    this.after('auth', Math.min(Math.max(0, left - lead), 2 ** 31 - 1), () => void this.renew(lead + 1000))
  }

  private async renew(lead: number): Promise<void> {
    try {
      await this.options.session.fresh(lead)
    } catch (error) {
      if (!this.running) return
      if (error instanceof SessionEnded) this.over()
      else this.after('auth', 5_000, () => void this.renew(lead))
      return
    }
    this.authenticate()
  }

  /** Tells the server of the newest token, if it is another than it knows. */
  private authenticate(): void {
    const token = this.options.session.token
    if (!token || token === this.token || this.socket?.readyState !== WebSocket.OPEN) return
    // Somebody else signed in from another tab: this page is about to go.
    if (claimsOf(token).sub !== claimsOf(this.token).sub) return
    this.token = token
    this.send({ type: 'auth', token })
    this.scheduleAuth(this.options.session.expiresAt(token))
  }

  private heard(): void {
    this.clear('pong')
    this.after('silence', SILENCE, () => this.probe(PONG_WITHIN))
  }

  /** Asks for a sign of life and gives the socket up without one. */
  private probe(within: number): void {
    const socket = this.socket
    if (socket?.readyState !== WebSocket.OPEN) return
    this.send({ type: 'ping' })
    this.after('pong', within, () => this.lose(socket))
  }

  private watch(): () => void {
    const onOnline = () => {
      if (this.running && this.streaming) {
        this.preferSocket() // this may be another network
        this.drop(1000)
        void this.connect()
        return
      }
      wake()
    }
    const wake = () => {
      if (!this.running) return
      if (this.socket) {
        this.probe(PROBE_WITHIN)
        if (this.socket.readyState === WebSocket.OPEN) void this.renew(NEAR)
      } else if (this.status.state === 'waiting' || this.status.state === 'offline') {
        this.attempt = 0
        void this.connect()
      }
    }
    const onVisible = () => {
      if (document.visibilityState === 'visible') wake()
    }
    const onOffline = () => {
      if (this.socket) this.probe(PROBE_WITHIN)
      else if (this.status.state === 'waiting') this.set({ state: 'offline' })
    }
    window.addEventListener('online', onOnline)
    window.addEventListener('offline', onOffline)
    window.addEventListener('pageshow', wake)
    document.addEventListener('visibilitychange', onVisible)
    document.addEventListener('resume', wake)
    const unsubscribe = this.options.session.subscribe((change) => {
      if (change.type === 'token') this.authenticate()
    })
    return () => {
      window.removeEventListener('online', onOnline)
      window.removeEventListener('offline', onOffline)
      window.removeEventListener('pageshow', wake)
      document.removeEventListener('visibilitychange', onVisible)
      document.removeEventListener('resume', wake)
      unsubscribe()
    }
  }

  private channel(name: string): Channel {
    let channel = this.channels.get(name)
    if (!channel) {
      channel = new Channel(name)
      this.channels.set(name, channel)
    }
    return channel
  }

  private set(status: LiveStatus): void {
    this.status = status
    for (const listener of [...this.listeners]) listener()
  }

  private after(timer: Timer, milliseconds: number, task: () => void): void {
    this.clear(timer)
    this.timers[timer] = setTimeout(() => {
      delete this.timers[timer]
      task()
    }, milliseconds)
  }

  private clear(timer: Timer): void {
    clearTimeout(this.timers[timer])
    delete this.timers[timer]
  }

  private log(...parts: unknown[]): void {
    ;(this.options.log ?? console.log)(...parts)
  }
}

type Timer =
  | 'socket'
  | 'retry'
  | 'opening'
  | 'stable'
  | 'silence'
  | 'pong'
  | 'auth'
  | 'ack'
  | 'again'
  | 'shown'

function webSocket(url: (() => string) | undefined, token: string): Wire {
  return new WebSocket((url ?? liveUrl)(), ['fade.v1', `bearer.${token}`]) as unknown as Wire
}

function liveUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/`
}
