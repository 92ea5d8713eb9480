import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Busy, type LogEvent, recordPositions, type Slots } from '@/api'
import { slotsKey, slotsQuery } from './api/slots'
import { Feed, patchDay, type Source } from './feed'

const channel = 'slots:b1'

const day = (seq: number, busy: Busy[] = []): Slots => {
  const made: Slots = {
    timezone: 'UTC',
    date: '2026-11-24',
    duration_minutes: 30,
    buffer_minutes: 0,
    slots: [],
    busy,
  }
  recordPositions(made, [{ channel, epoch: 'e1', seq }])
  return made
}

const busy = (hour: string, state: Busy['state'] = 'taken'): Busy => ({
  chair: 'c1',
  start_time: `2026-11-24T${hour}:00:00Z`,
  end_time: `2026-11-24T${hour}:30:00Z`,
  state,
})

const changed = (seq: number, ...changes: Busy[]) =>
  ({ type: 'slots_changed', payload: { changes }, channel, seq }) as unknown as LogEvent<'slots_changed'>

class FakeSource implements Source {
  onmessage: Source['onmessage'] = null
  onopen: Source['onopen'] = null
  onerror: Source['onerror'] = null
  readyState = 1
  closed = false
  constructor(readonly url: string) {}
  close() {
    this.closed = true
  }
  tell(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

describe('Feed', () => {
  let sources: FakeSource[]
  const listener = { changed: vi.fn(), reload: vi.fn() }
  const start = (since = `${channel}=e1:7`) => {
    const feed = new Feed(channel, listener, (url) => {
      const source = new FakeSource(url)
      sources.push(source)
      return source
    })
    feed.start(since)
    return feed
  }
  const sinceOf = (source: FakeSource | undefined) =>
    new URL(source?.url ?? '', 'http://x').searchParams.get('since')

  beforeEach(() => {
    vi.useFakeTimers()
    sources = []
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.clearAllMocks()
  })

  it('follows its channel from where the page was read', () => {
    start()
    expect(sinceOf(sources[0])).toBe(`${channel}=e1:7`)
    sources[0]?.tell(changed(8, busy('09')))
    expect(listener.changed).toHaveBeenCalledTimes(1)
    expect(listener.reload).not.toHaveBeenCalled()
  })

  it('reads everything again when the stream cannot go on, and when the rules change', () => {
    start()
    sources[0]?.tell({ type: 'reset', channel, epoch: 'e2', seq: 3 })
    expect(listener.reload).toHaveBeenCalledTimes(1)
    sources[0]?.tell({ ...changed(4), payload: { changes: [], reload: true } })
    expect(listener.reload).toHaveBeenCalledTimes(2)
    expect(listener.changed).not.toHaveBeenCalled()
  })

  it('leaves reconnecting to the browser, and opens another stream where it has given up', () => {
    const feed = start()
    sources[0]?.tell(changed(8, busy('09')))
    sources[0]?.onerror?.()
    vi.advanceTimersByTime(20_000)
    expect(sources).toHaveLength(1)
    if (sources[0]) sources[0].readyState = 2
    sources[0]?.onerror?.()
    vi.advanceTimersByTime(20_000)
    expect(sources).toHaveLength(2)
    expect(sinceOf(sources[1])).toBe(`${channel}=e1:8`)
    feed.stop()
    expect(sources[1]?.closed).toBe(true)
  })

  it('puts what happened while a day was on its way on top of it', () => {
    const feed = start()
    for (const [seq, hour] of [8, 9, 10].map((n) => [n, `${n}`.padStart(2, '0')] as const)) {
      sources[0]?.tell(changed(seq, busy(hour)))
    }
    const known = feed.catchUp(day(8, [busy('08')]))
    expect(known.busy.map((b) => b.start_time.slice(11, 13))).toEqual(['08', '09', '10'])
  })
})

describe('patchDay', () => {
  it('takes each event once, in whatever order reads and events come', () => {
    const first = patchDay(day(7), changed(8, busy('09')))
    expect(first.busy).toHaveLength(1)
    expect(patchDay(first, changed(8, busy('10')))).toBe(first)
    expect(patchDay(first, changed(9, busy('09', 'free'))).busy).toEqual([])
  })

  it('keeps knowing where a day stands while the cache holds it', () => {
    const client = new QueryClient()
    const wanted = { service: undefined, staff: undefined }
    const query = slotsQuery('s', wanted, '2026-11-24', undefined)
    new QueryObserver(client, query)
    client.setQueryData(query.queryKey, day(7))
    for (const [seq, hour] of [[8, '09'] as const, [9, '10'] as const, [10, '11'] as const]) {
      client.setQueriesData<Slots>(
        { queryKey: slotsKey('s') },
        (known) => known && patchDay(known, changed(seq, busy(hour))),
      )
    }
    expect(client.getQueryData(query.queryKey)?.busy).toHaveLength(3)
  })
})
