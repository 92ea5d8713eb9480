import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EventStream } from './stream'

/** A request for a stream, and the server's end of it. */
class FakeStream {
  static all: FakeStream[] = []
  readonly response: Promise<Response>
  private answer!: (response: Response) => void
  private out!: ReadableStreamDefaultController<Uint8Array>

  constructor(
    readonly url: string,
    readonly init: RequestInit,
  ) {
    this.response = new Promise((resolve, reject) => {
      this.answer = resolve
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
    FakeStream.all.push(this)
  }

  static get last(): FakeStream {
    const stream = FakeStream.all.at(-1)
    if (!stream) throw new Error('nobody has asked for a stream')
    return stream
  }

  get lastEventId() {
    return (this.init.headers as Record<string, string>)['Last-Event-ID']
  }

  accept(): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.out = controller
      },
    })
    this.answer(new Response(body, { status: 200 }))
  }

  refuse(status: number, headers: Record<string, string> = {}): void {
    this.answer(new Response(null, { status, headers }))
  }

  /** Writes the text in pieces of so many bytes. */
  write(text: string, piece = text.length): void {
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at < bytes.length; at += piece) this.out.enqueue(bytes.slice(at, at + piece))
  }

  end(): void {
    this.out.close()
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))
const block = (frame: object, id = '') => `${id && `id: ${id}\n`}data: ${JSON.stringify(frame)}\n\n`
const event = (channel: string, seq: number) => ({
  type: 'x',
  payload: { name: 'Fadé 💈' },
  channel,
  seq,
  id: `${seq}`,
})

let wire: EventStream
let heard: { type: string; seq?: number; channel?: string }[]
let closed: number[]

async function open(...channels: object[]): Promise<FakeStream> {
  wire = new EventStream('/sse/', 'a.b.c')
  wire.onmessage = ({ data }) => {
    if (data) heard.push(JSON.parse(data as string))
  }
  wire.onclose = ({ code }) => closed.push(code)
  await settle()
  for (const channel of channels) wire.send(JSON.stringify({ type: 'subscribe', ...channel }))
  await settle()
  return FakeStream.last
}

beforeEach(() => {
  FakeStream.all = []
  heard = []
  closed = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => new FakeStream(url, init).response)
})

afterEach(() => {
  wire.close()
  vi.unstubAllGlobals()
})

describe('EventStream', () => {
  it('asks once for all channels, from where they are, with the token out of the address', async () => {
    const stream = await open({ channel: 'dashboard', since: 7, epoch: 'e' }, { channel: 'user:1' })
    expect(FakeStream.all).toHaveLength(1)
    expect(stream.url).toBe('/sse/?channels=dashboard,user%3A1')
    expect(stream.lastEventId).toBe('dashboard=e:7')
    expect(stream.init.headers).toMatchObject({ Authorization: 'Bearer a.b.c' })
  })

  it.each([1, 2, 3, 7, 1000])('reads blocks whatever pieces of %i bytes they come in', async (piece) => {
    const stream = await open({ channel: 'a' })
    stream.accept()
    await settle()
    stream.write(
      `retry: 1000\n\n${block({ type: 'connection_established', channel: 'a', epoch: 'e', seq: 4, head: 4 })}:\n\n${block(event('a', 5), 'e:5')}${block(event('a', 6), 'e:6')}`,
      piece,
    )
    await settle()
    await settle()
    expect(heard.map(({ type, seq }) => [type, seq])).toEqual([
      ['connection_established', 4],
      ['subscribed', 4],
      ['x', 5],
      ['x', 6],
    ])
    expect(heard[3]).toEqual(event('a', 6))
  })

  it('goes on where it was when channels or the token change, and answers only what was asked', async () => {
    const first = await open({ channel: 'a', since: 4, epoch: 'e' })
    first.accept()
    await settle()
    first.write(
      block({ type: 'connection_established', channel: 'a', epoch: 'e', seq: 4, head: 6 }) +
        block(event('a', 5)),
    )
    await settle()
    wire.send(JSON.stringify({ type: 'subscribe', channel: 'b' }))
    wire.send(JSON.stringify({ type: 'auth', token: 'd.e.f' }))
    await settle()
    expect(FakeStream.all).toHaveLength(2)
    expect(FakeStream.last.lastEventId).toBe('a=e:5')
    expect(FakeStream.last.init.headers).toMatchObject({ Authorization: 'Bearer d.e.f' })
    heard = []
    FakeStream.last.accept()
    await settle()
    FakeStream.last.write(
      block({ type: 'connection_established', channel: 'a', epoch: 'e', seq: 5, head: 6 }) +
        block({ type: 'subscribed', channel: 'b', epoch: 'e', seq: 9, head: 9 }) +
        block(event('a', 6)),
    )
    await settle()
    expect(heard.map(({ type, channel }) => [type, channel])).toEqual([
      ['connection_established', 'a'],
      ['subscribed', 'b'],
      ['x', 'a'],
    ])
    expect(closed).toEqual([])
  })

  it.each([
    [401, {}, 4401, undefined],
    [403, {}, 4403, undefined],
    [500, {}, 1006, undefined],
    [503, { 'Retry-After': '7' }, 1006, 7000],
  ])('takes %i as what a socket would have closed with', async (status, headers, code, after) => {
    const stream = await open({ channel: 'a' })
    stream.refuse(status, headers as Record<string, string>)
    await settle()
    expect(closed).toEqual([code])
    expect(heard).toEqual(after ? [{ type: 'reconnect', after_ms: after }] : [])
  })

  it('ends with the code that the server says last, or as a connection that was cut', async () => {
    const stream = await open({ channel: 'a' })
    stream.accept()
    await settle()
    stream.write(block({ type: 'close', code: 4409, reason: 'signed out' }))
    await settle()
    expect(closed).toEqual([4409])
    const cut = await open({ channel: 'a' })
    cut.accept()
    await settle()
    cut.end()
    await settle()
    expect(closed).toEqual([4409, 1006])
  })

  it('answers a ping itself as long as the server was heard', async () => {
    await open({ channel: 'a' })
    wire.send(JSON.stringify({ type: 'ping' }))
    await settle()
    expect(heard).toEqual([{ type: 'pong' }])
  })
})
