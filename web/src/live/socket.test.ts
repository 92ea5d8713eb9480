import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LogEvent, SessionEnded } from '@/api'
import { FakeSocket } from '@/test/fake-socket'
import { businessCreated, token } from '@/test/samples'
import { type LiveSession, LiveSocket } from './socket'

const START = Date.parse('2026-11-22T18:00:00Z')

class FakeSession implements LiveSession {
  token: string | null = token({ sub: 'u1', n: 0 })
  ended: string | undefined
  refused = false
  refreshes = 0
  expires: number | undefined
  private listeners: ((change: { type: string }) => void)[] = []

  async fresh(milliseconds: number) {
    if (this.expires !== undefined && this.expires - Date.now() < milliseconds)
      return this.refresh(this.token)
    return this.token ?? ''
  }
  async refresh(_stale: string | null) {
    this.refreshes++
    if (this.refused) throw new SessionEnded()
    this.renew()
    return this.token ?? ''
  }
  /** As if this or another tab had got a new token. */
  renew() {
    this.token = token({ sub: 'u1', n: this.refreshes + 1 })
    if (this.expires !== undefined) this.expires = Date.now() + 900_000
    for (const tell of this.listeners) tell({ type: 'token' })
  }
  expiresAt() {
    return this.expires
  }
  end(reason: string) {
    this.ended = reason
  }
  subscribe(listener: (change: { type: string }) => void) {
    this.listeners.push(listener)
    return () => {
      this.listeners = this.listeners.filter((l) => l !== listener)
    }
  }
}

let session: FakeSession
let events: LogEvent[]
let resets: string[]
let log: unknown[][]
let random: number
let verify: ReturnType<typeof vi.fn<() => Promise<unknown>>>
let live: LiveSocket

const settle = () => vi.advanceTimersByTimeAsync(0)
const seqs = () => events.map((event) => event.seq)

/** Connects and subscribes the dashboard at a sequence. */
async function dashboardAt(seq: number): Promise<FakeSocket> {
  live.join('dashboard')
  live.start()
  await settle()
  const socket = FakeSocket.last
  socket.accept()
  socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq, head: seq })
  return socket
}

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  FakeSocket.install()
  session = new FakeSession()
  events = []
  resets = []
  log = []
  random = 0.5
  verify = vi.fn(async () => undefined)
  live = new LiveSocket({
    session,
    verify,
    onEvent: (event) => events.push(event),
    onReset: (channel) => resets.push(channel),
    url: () => 'ws://fade.test/ws/',
    random: () => random,
    log: (...parts) => log.push(parts),
  })
})

afterEach(() => {
  live.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('connecting', () => {
  it('offers the token as a subprotocol and subscribes what is wanted', async () => {
    const socket = await dashboardAt(4)
    expect(socket.protocols).toEqual(['fade.v1', `bearer.${session.token}`])
    expect(socket.sent).toEqual([{ type: 'subscribe', channel: 'dashboard' }])
    expect(live.getStatus()).toEqual({ state: 'live' })
  })

  it('says on the console what the guide tells its reader to look for', async () => {
    const socket = await dashboardAt(4)
    const event = businessCreated(5)
    socket.say(event)
    socket.hangUp(1006)
    expect(log).toEqual([
      ['WebSocket connected'],
      ['Dashboard WebSocket connected'],
      ['Dashboard update:', event],
      ['Received real-time update:', event],
      ['WebSocket disconnected'],
    ])
  })

  it('starts from where the read that feeds the page was made', async () => {
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 7 }])
    live.join('dashboard')
    live.start()
    await settle()
    FakeSocket.last.accept()
    expect(FakeSocket.last.sent).toEqual([{ type: 'subscribe', channel: 'dashboard', since: 7, epoch: 'e' }])
  })

  it('backs off with full jitter, doubling to half a minute', async () => {
    random = 1
    live.start()
    const waits: number[] = []
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('no stream gets through either')
    })
    live.join('dashboard')
    for (let i = 0; i < 9; i++) {
      await settle()
      if (live.getStatus().state === 'connecting') FakeSocket.last.hangUp(1006)
      const status = live.getStatus()
      if (status.state !== 'waiting') throw new Error(status.state)
      waits.push(status.until - Date.now())
      await vi.advanceTimersByTimeAsync(status.until - Date.now())
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
  })

  it('begins the back-off anew only after a connection has held', async () => {
    random = 1
    live.start()
    await settle()
    for (const wait of [500, 1000]) {
      FakeSocket.last.accept()
      FakeSocket.last.hangUp(1006)
      await vi.advanceTimersByTimeAsync(wait)
    }
    FakeSocket.last.accept()
    await vi.advanceTimersByTimeAsync(6_000)
    FakeSocket.last.hangUp(1006)
    expect(live.getStatus()).toMatchObject({ until: Date.now() + 500 })
  })

  it('reconnects at once when asked, when online again and when the page wakes', async () => {
    live.start()
    await settle()
    for (const wake of [
      () => live.retry(),
      () => window.dispatchEvent(new Event('online')),
      () => document.dispatchEvent(new Event('visibilitychange')),
    ]) {
      FakeSocket.last.hangUp(1006)
      const before = FakeSocket.all.length
      wake()
      await settle()
      expect(FakeSocket.all.length).toBe(before + 1)
    }
  })

  it('asks the API what is wrong after two refused handshakes', async () => {
    live.start()
    await settle()
    FakeSocket.last.hangUp(1006)
    await vi.advanceTimersByTimeAsync(500)
    FakeSocket.last.hangUp(1006)
    expect(verify).not.toHaveBeenCalled()
    verify.mockRejectedValue(new SessionEnded())
    await vi.advanceTimersByTimeAsync(30_000)
    expect(verify).toHaveBeenCalledOnce()
    expect(live.getStatus()).toEqual({ state: 'idle' })
    expect(session.ended).toBe('expired')
  })

  it('stops when it is told to, for good', async () => {
    const socket = await dashboardAt(1)
    live.stop()
    expect(socket.readyState).toBe(FakeSocket.CLOSED)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(FakeSocket.all.length).toBe(1)
  })
})

describe('the sequence', () => {
  it('tells every event once and in order', async () => {
    const socket = await dashboardAt(4)
    for (const seq of [5, 6, 6, 5, 7]) socket.say(businessCreated(seq))
    expect(seqs()).toEqual([5, 6, 7])
  })

  it('asks again from the last one when there is a gap', async () => {
    const socket = await dashboardAt(4)
    socket.say(businessCreated(5))
    socket.say(businessCreated(8))
    socket.say(businessCreated(9))
    expect(seqs()).toEqual([5])
    expect(socket.sent.slice(1)).toEqual([
      { type: 'unsubscribe', channel: 'dashboard' },
      { type: 'subscribe', channel: 'dashboard', since: 5, epoch: 'e' },
    ])
    socket.say({ type: 'unsubscribed', channel: 'dashboard' })
    socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 5, head: 9 })
    for (const seq of [6, 7, 8, 9]) socket.say(businessCreated(seq))
    expect(seqs()).toEqual([5, 6, 7, 8, 9])
    expect(resets).toEqual([])
  })

  it('resumes after a lost connection and says how much it caught up', async () => {
    const socket = await dashboardAt(4)
    socket.say(businessCreated(5))
    socket.hangUp(4450)
    await vi.advanceTimersByTimeAsync(1_000)
    const again = FakeSocket.last
    again.accept()
    expect(again.of('subscribe')).toEqual([{ type: 'subscribe', channel: 'dashboard', since: 5, epoch: 'e' }])
    again.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 5, head: 8 })
    for (const seq of [6, 7, 8]) again.say(businessCreated(seq))
    expect(live.getStatus()).toEqual({ state: 'live', caughtUp: 3 })
    expect(seqs()).toEqual([5, 6, 7, 8])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(live.getStatus()).toEqual({ state: 'live' })
  })

  it('reads everything again after a reset and goes on from there', async () => {
    const socket = await dashboardAt(4)
    socket.say({ type: 'reset', channel: 'dashboard', epoch: 'e2', seq: 90, reason: 'retention' })
    expect(resets).toEqual(['dashboard'])
    socket.say(businessCreated(91))
    expect(seqs()).toEqual([91])
    socket.hangUp(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.accept()
    expect(FakeSocket.last.of('subscribe')[0]).toMatchObject({ since: 91, epoch: 'e2' })
  })

  it('takes an answer of another log for a reset', async () => {
    const socket = await dashboardAt(4)
    socket.hangUp(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.accept()
    FakeSocket.last.say({ type: 'subscribed', channel: 'dashboard', epoch: 'other', seq: 2, head: 2 })
    expect(resets).toEqual(['dashboard'])
  })

  it('puts events on top of a read that landed behind them', async () => {
    const socket = await dashboardAt(4)
    for (const seq of [5, 6, 7]) socket.say(businessCreated(seq))
    events = []
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 5 }])
    expect(seqs()).toEqual([6, 7])
    expect(socket.of('subscribe').length).toBe(1)
  })

  it('asks the server when it no longer knows what such a read misses', async () => {
    const socket = await dashboardAt(4)
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 2 }])
    expect(socket.of('subscribe').at(-1)).toEqual({
      type: 'subscribe',
      channel: 'dashboard',
      since: 2,
      epoch: 'e',
    })
    socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 2, head: 4 })
    for (const seq of [3, 4, 5]) socket.say(businessCreated(seq))
    expect(seqs()).toEqual([3, 4, 5])
  })

  it('waits for the last of several answers', async () => {
    live.join('dashboard')
    live.start()
    await settle()
    const socket = FakeSocket.last
    socket.accept()
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 3 }])
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 1 }])
    expect(socket.of('subscribe').map((m) => m.since)).toEqual([undefined, 3, 1])
    socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 9, head: 9 })
    socket.say(businessCreated(10))
    socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 3, head: 10 })
    socket.say(businessCreated(4))
    socket.say({ type: 'subscribed', channel: 'dashboard', epoch: 'e', seq: 1, head: 10 })
    for (let seq = 2; seq <= 10; seq++) socket.say(businessCreated(seq))
    expect(seqs()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(resets).toEqual([])
  })

  it('acks a conversation as well as an inbox, and no other channel', async () => {
    const socket = await dashboardAt(1)
    for (const channel of ['user:u1', 'conversation:c1', 'business:b1']) {
      live.join(channel)
      socket.say({ type: 'subscribed', channel, epoch: 'e', seq: 4, head: 4 })
      socket.say({ ...businessCreated(5), channel })
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket.of('ack')).toEqual([
      { type: 'ack', channel: 'user:u1', seq: 5 },
      { type: 'ack', channel: 'conversation:c1', seq: 5 },
    ])
  })

  it('acks at most once a second, and the last of many only', async () => {
    const socket = await dashboardAt(1)
    live.join('user:u1')
    socket.say({ type: 'subscribed', channel: 'user:u1', epoch: 'e', seq: 0, head: 0 })
    for (let seq = 1; seq <= 30; seq++) {
      socket.say({ ...businessCreated(seq), channel: 'user:u1' })
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    const acked = socket.of('ack').map((ack) => ack.seq)
    expect(acked.length).toBeLessThanOrEqual(4)
    expect(acked.at(-1)).toBe(30)
    // Nothing new, nothing said.
    await vi.advanceTimersByTimeAsync(10_000)
    expect(socket.of('ack')).toHaveLength(acked.length)
  })

  it('acks again after a reconnect, because the last one may have been lost', async () => {
    const socket = await dashboardAt(1)
    live.join('user:u1')
    socket.say({ type: 'subscribed', channel: 'user:u1', epoch: 'e', seq: 0, head: 0 })
    socket.say({ ...businessCreated(1), channel: 'user:u1' })
    socket.hangUp(1006)
    expect(socket.of('ack')).toEqual([])
    live.retry()
    await settle()
    FakeSocket.last.accept()
    FakeSocket.last.say({ type: 'subscribed', channel: 'user:u1', epoch: 'e', seq: 1, head: 1 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(FakeSocket.last.of('ack')).toEqual([{ type: 'ack', channel: 'user:u1', seq: 1 }])
  })

  it('acks what was read as much as what was told', async () => {
    const socket = await dashboardAt(1)
    live.join('user:u1')
    socket.say({ type: 'subscribed', channel: 'user:u1', epoch: 'e', seq: 7, head: 7 })
    await vi.advanceTimersByTimeAsync(1_000)
    // It is followed, but the page has read nothing yet.
    expect(socket.of('ack')).toEqual([])
    live.landed([{ channel: 'user:u1', epoch: 'e', seq: 7 }])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket.of('ack')).toEqual([{ type: 'ack', channel: 'user:u1', seq: 7 }])
  })

  it('does not ack what it never got', async () => {
    const socket = await dashboardAt(1)
    live.landed([{ channel: 'user:u1', epoch: 'e', seq: 2 }])
    live.join('user:u1')
    socket.say({ type: 'subscribed', channel: 'user:u1', epoch: 'other', seq: 9, head: 9 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket.of('ack')).toEqual([])
    expect(resets).toEqual(['user:u1'])
  })

  it('acknowledges what reached the person, together', async () => {
    live.join('user:u1')
    live.start()
    await settle()
    const socket = FakeSocket.last
    socket.accept()
    socket.say({ type: 'subscribed', channel: 'user:u1', epoch: 'e', seq: 0, head: 0 })
    for (const seq of [1, 2, 3]) socket.say({ ...businessCreated(seq), channel: 'user:u1' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket.of('ack')).toEqual([{ type: 'ack', channel: 'user:u1', seq: 3 }])
  })

  it('tries a subscription again that was not possible at the moment', async () => {
    live.join('dashboard')
    live.start()
    await settle()
    const socket = FakeSocket.last
    socket.accept()
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    socket.say({ type: 'error', code: 'unavailable', message: 'Try again.', channel: 'dashboard' })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(socket.of('subscribe').length).toBe(2)
    expect(socket.of('unsubscribe').length).toBe(0)
  })
})

describe('the close codes', () => {
  it.each([4400, 4403, 4444])('%i: does not reconnect', async (code) => {
    const socket = await dashboardAt(1)
    socket.hangUp(code)
    expect(live.getStatus()).toEqual({ state: 'stopped', code })
    await vi.advanceTimersByTimeAsync(120_000)
    expect(FakeSocket.all.length).toBe(1)
  })

  it('4401: reconnects with a new token', async () => {
    const socket = await dashboardAt(1)
    socket.hangUp(4401)
    await settle()
    expect(session.refreshes).toBe(1)
    expect(FakeSocket.last).not.toBe(socket)
    expect(FakeSocket.last.protocols[1]).toBe(`bearer.${session.token}`)
  })

  it('4401 again and again: backs off instead of refreshing in a loop', async () => {
    const socket = await dashboardAt(1)
    socket.hangUp(4401)
    await settle()
    FakeSocket.last.accept()
    FakeSocket.last.hangUp(4401)
    await settle()
    expect(session.refreshes).toBe(1)
    expect(live.getStatus().state).toBe('waiting')
  })

  it('4401 and no new token: the session is over', async () => {
    const socket = await dashboardAt(1)
    session.refused = true
    socket.hangUp(4401)
    await settle()
    expect(session.ended).toBe('expired')
    expect(live.getStatus()).toEqual({ state: 'idle' })
  })

  it('4409: the session was revoked', async () => {
    const socket = await dashboardAt(1)
    socket.hangUp(4409)
    expect(session.ended).toBe('revoked')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(FakeSocket.all.length).toBe(1)
  })

  it('4451 after being told when: reconnects then', async () => {
    const socket = await dashboardAt(1)
    socket.say({ type: 'reconnect', after_ms: 1830 })
    socket.hangUp(4451)
    expect(live.getStatus()).toEqual({ state: 'waiting', until: START + 1830 })
    await vi.advanceTimersByTimeAsync(1829)
    expect(FakeSocket.all.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeSocket.all.length).toBe(2)
  })

  it('told when, but not closed: goes by itself', async () => {
    const socket = await dashboardAt(1)
    socket.say({ type: 'reconnect', after_ms: 500 })
    await vi.advanceTimersByTimeAsync(500)
    expect(socket.readyState).toBe(FakeSocket.CLOSED)
    expect(FakeSocket.all.length).toBe(2)
  })
})

describe('staying connected', () => {
  it('refreshes the token ahead of its end and tells the server without reconnecting', async () => {
    session.expires = START + 900_000
    const socket = await dashboardAt(1)
    const pong = setInterval(() => socket.say({ type: 'pong' }), 5_000)
    await vi.advanceTimersByTimeAsync(800_000)
    expect(session.refreshes).toBe(0)
    await vi.advanceTimersByTimeAsync(50_000)
    clearInterval(pong)
    expect(session.refreshes).toBe(1)
    expect(socket.of('auth')).toEqual([{ type: 'auth', token: session.token }])
    expect(FakeSocket.all.length).toBe(1)
  })

  it('sends a token that another tab has brought', async () => {
    const socket = await dashboardAt(1)
    session.renew()
    expect(socket.of('auth')).toEqual([{ type: 'auth', token: session.token }])
  })

  it('pings after half a minute of silence and gives up without an answer', async () => {
    const socket = await dashboardAt(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(socket.of('ping').length).toBe(1)
    socket.say({ type: 'pong' })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(socket.of('ping').length).toBe(2)
    await vi.advanceTimersByTimeAsync(8_000)
    expect(socket.readyState).toBe(FakeSocket.CLOSED)
    expect(live.getStatus().state).toBe('waiting')
  })

  it('looks at once whether the socket is alive when the page wakes', async () => {
    const socket = await dashboardAt(1)
    document.dispatchEvent(new Event('visibilitychange'))
    expect(socket.of('ping').length).toBe(1)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(socket.readyState).toBe(FakeSocket.CLOSED)
  })
})

describe('fallback', () => {
  const requests: string[] = []
  let body: ReadableStreamDefaultController<Uint8Array>

  beforeEach(() => {
    requests.length = 0
    vi.stubGlobal('fetch', async (url: string) => {
      requests.push(url)
      return new Response(
        new ReadableStream<Uint8Array>({
          start: (controller) => {
            body = controller
          },
        }),
      )
    })
  })

  const say = async (frame: object) => {
    body.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(frame)}\n\n`))
    await vi.advanceTimersByTimeAsync(1)
  }

  /** No socket gets through, although the API answers. */
  async function block(): Promise<void> {
    live.join('dashboard')
    live.landed([{ channel: 'dashboard', epoch: 'e', seq: 4 }])
    live.start()
    for (let i = 0; i < 4; i++) {
      await settle()
      FakeSocket.last.hangUp(1006)
      await vi.advanceTimersByTimeAsync(5_000)
    }
    await vi.advanceTimersByTimeAsync(1)
    await say({ type: 'connection_established', channel: 'dashboard', epoch: 'e', seq: 4, head: 4 })
  }

  it('takes an event stream when sockets fail although the API answers', async () => {
    await block()
    expect(FakeSocket.all).toHaveLength(4)
    expect(verify).toHaveBeenCalled()
    expect(requests).toEqual(['/sse/?channels=dashboard'])
    expect(live.getStatus()).toEqual({ state: 'live', fallback: true })
    await say(businessCreated(5))
    expect(seqs()).toEqual([5])
  })

  it('does not while the API does not answer either', async () => {
    verify.mockRejectedValue(new TypeError('down'))
    live.join('dashboard')
    live.start()
    await settle()
    FakeSocket.last.hangUp(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.hangUp(1006)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(requests).toEqual([])
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('returns to the socket as soon as one gets through, from where it is', async () => {
    await block()
    await say(businessCreated(5))
    for (let minutes = 0; minutes < 10 && FakeSocket.all.length === 4; minutes++) {
      // Heartbeats keep the stream.
      for (let beat = 0; beat < 3; beat++) {
        body.enqueue(new TextEncoder().encode(':\n\n'))
        await vi.advanceTimersByTimeAsync(20_000)
      }
    }
    expect(FakeSocket.all).toHaveLength(5)
    FakeSocket.last.accept()
    await settle()
    FakeSocket.last.accept()
    expect(FakeSocket.all).toHaveLength(6)
    expect(FakeSocket.last.sent).toEqual([{ type: 'subscribe', channel: 'dashboard', since: 5, epoch: 'e' }])
    expect(live.getStatus()).toEqual({ state: 'live' })
  })

  it('gives a stream up that has gone silent', async () => {
    await block()
    await vi.advanceTimersByTimeAsync(90_000)
    expect(requests.length).toBeGreaterThan(1)
  })
})
