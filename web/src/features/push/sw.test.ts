import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'

const source = readFileSync('public/sw.js', 'utf8')
const origin = 'https://fade.test'

type Handler = (event: Record<string, unknown>) => void

interface Tab {
  url: string
  focused: boolean
  visibilityState: string
  focus: () => Promise<void>
  navigate: (path: string) => Promise<void>
  postMessage: (message: unknown, ports?: MessagePort[]) => void
}

/** Runs the service worker in a scope of its own, as a build with these files would have it. */
function start({ version = 'b', files = ['/assets/a-1.js'], stored = {} as Record<string, string[]> } = {}) {
  const handlers: Record<string, Handler> = {}
  const shelves = new Map(Object.entries(stored).map(([name, paths]) => [name, new Set(paths)]))
  const fetched: string[] = []
  const pathOf = (request: string | { url: string }) =>
    new URL(typeof request === 'string' ? request : request.url, origin).pathname
  const shelf = (name: string) => ({
    addAll: async (all: { url: string }[]) => all.forEach((r) => void shelves.get(name)?.add(pathOf(r))),
    add: async (path: string) => {
      fetched.push(path)
      shelves.get(name)?.add(path)
    },
    put: async (path: string) => void shelves.get(name)?.add(path),
    match: async (r: string | { url: string }) =>
      shelves.get(name)?.has(pathOf(r)) ? `kept in ${name}` : undefined,
  })
  const caches = {
    keys: async () => [...shelves.keys()],
    delete: async (name: string) => shelves.delete(name),
    open: async (name: string) => {
      if (!shelves.has(name)) shelves.set(name, new Set())
      return shelf(name)
    },
    match: async (r: string | { url: string }) => {
      for (const [name, paths] of shelves) if (paths.has(pathOf(r))) return `kept in ${name}`
    },
  }
  const scope = {
    location: { origin },
    addEventListener: (type: string, handler: Handler) => {
      handlers[type] = handler
    },
    skipWaiting: vi.fn(),
    registration: { showNotification: vi.fn(), pushManager: { subscribe: vi.fn() } },
    clients: {
      claim: vi.fn(),
      matchAll: vi.fn(async (): Promise<Tab[]> => []),
      openWindow: vi.fn(async () => 'opened'),
    },
  }
  const fetch = vi.fn(async (): Promise<unknown> => 'from the network')
  class Request {
    url: string
    constructor(path: string) {
      this.url = new URL(path, origin).href
    }
  }
  const built = source.replace("{ version: '', files: [] }", JSON.stringify({ version, files }))
  new Function('self', 'caches', 'fetch', 'Request', built)(scope, caches, fetch, Request)

  /** Fires an event; gives what the worker answers, and waits for what it asks to wait for. */
  const fire = async (type: string, event: Record<string, unknown> = {}) => {
    const waits: Promise<unknown>[] = []
    let answer: Promise<unknown> | undefined
    handlers[type]?.({
      ...event,
      waitUntil: (p: Promise<unknown>) => waits.push(p),
      respondWith: (p: Promise<unknown>) => {
        answer = p
      },
    })
    await Promise.all(waits)
    return answer
  }
  return { scope, fetch, fire, shelves, fetched }
}

const request = (path: string, more: Record<string, unknown> = {}) => ({
  request: { url: new URL(path, origin).href, method: 'GET', mode: 'no-cors', ...more },
})
const visit = (path: string) => request(path, { mode: 'navigate' })

function tab(path: string, more: Partial<Tab> & { answers?: boolean } = {}): Tab {
  return {
    url: origin + path,
    focused: false,
    visibilityState: 'hidden',
    focus: vi.fn(async () => undefined),
    navigate: vi.fn(async () => undefined),
    postMessage: vi.fn((_: unknown, ports?: MessagePort[]) => {
      if (more.answers !== false) ports?.[0]?.postMessage('done')
    }),
    ...more,
  }
}

describe('The shell', () => {
  it('is kept as a whole, and does not fetch again what an older build has', async () => {
    const w = start({
      files: ['/assets/a-1.js', '/assets/b-2.js'],
      stored: { 'fade-shell-a': ['/assets/a-1.js'] },
    })
    await w.fire('install')
    expect([...(w.shelves.get('fade-shell-b') ?? [])]).toEqual(
      expect.arrayContaining(['/', '/theme.js', '/assets/a-1.js', '/assets/b-2.js']),
    )
    expect(w.fetched).toEqual(['/assets/b-2.js'])
    expect(w.scope.skipWaiting).toHaveBeenCalled()
  })

  it('stays one build longer, for the pages that are open', async () => {
    const stored = { 'fade-shell-x': [], 'fade-shell-y': [], 'fade-shell-b': [], 'another app': [] }
    const w = start({ stored })
    await w.fire('activate')
    expect([...w.shelves.keys()]).toEqual(['fade-shell-y', 'fade-shell-b', 'another app'])
    expect(w.scope.clients.claim).toHaveBeenCalled()
  })

  it('gives pages from the network, and its own only without one', async () => {
    const w = start({ stored: { 'fade-shell-b': ['/', '/theme.js'] } })
    expect(await w.fire('fetch', visit('/businesses'))).toBe('from the network')
    w.fetch.mockRejectedValue(new TypeError('offline'))
    expect(await w.fire('fetch', visit('/businesses?open=1'))).toBe('kept in fade-shell-b')
    expect(await w.fire('fetch', request('/theme.js'))).toBe('kept in fade-shell-b')
  })

  it('gives files with a hash without asking', async () => {
    const w = start({ stored: { 'fade-shell-a': ['/assets/old-9.js'] } })
    expect(await w.fire('fetch', request('/assets/old-9.js'))).toBe('kept in fade-shell-a')
    expect(await w.fire('fetch', request('/assets/new-1.js'))).toBe('from the network')
  })

  it.each([
    ['the API', request('/api/reservations/')],
    ['an API page that is opened', visit('/api/docs/')],
    ['sockets', request('/ws/notifications/')],
    ['streams', request('/sse/')],
    ['a booking page', visit('/book/prishtina')],
    ['an appointment', visit('/appointment/token')],
    ['a link that unsubscribes', visit('/unsubscribe/token')],
    ['what is not a GET', request('/businesses', { method: 'POST', mode: 'navigate' })],
    ['another origin', request('https://elsewhere.test/assets/a.js')],
    ['a file that is not the shell’s', request('/icons/icon-512.png')],
  ])('leaves %s to the browser', async (_, event) => {
    expect(await start({ stored: { 'fade-shell-b': ['/'] } }).fire('fetch', event)).toBeUndefined()
  })

  it('is not there in development', async () => {
    const w = start({ version: '', files: [] })
    await w.fire('install')
    expect(w.shelves.size).toBe(0)
    expect(await w.fire('fetch', visit('/'))).toBeUndefined()
  })
})

describe('A push', () => {
  it('is shown', async () => {
    const w = start()
    const says = {
      id: 'd1',
      title: 'Fade Prishtina',
      body: 'Arben booked.',
      tag: 'n1',
      url: '/inbox?tab=all',
      at: '2026-11-23T09:00:00Z',
    }
    await w.fire('push', { data: { json: () => says } })
    expect(w.scope.registration.showNotification).toHaveBeenCalledWith(
      'Fade Prishtina',
      expect.objectContaining({
        body: 'Arben booked.',
        tag: 'n1',
        timestamp: Date.parse('2026-11-23T09:00:00Z'),
        data: { url: '/inbox?tab=all' },
      }),
    )
  })

  it.each([
    ['nothing', null],
    ['no JSON', { json: () => JSON.parse('{') }],
    ['null', { json: () => null }],
    ['an address elsewhere', { json: () => ({ url: 'https://elsewhere.test/x' }) }],
    ['a script', { json: () => ({ url: 'javascript:alert(1)' }) }],
    ['half an address', { json: () => ({ url: 'https://' }) }],
  ])('of %s is shown, and leads to the inbox', async (_, data) => {
    const w = start()
    await w.fire('push', { data })
    expect(w.scope.registration.showNotification).toHaveBeenCalledWith(
      'Fade',
      expect.objectContaining({ body: 'There is something new.', data: { url: '/inbox' } }),
    )
  })
})

describe('A click', () => {
  const click = (url = '/businesses?open=1') => ({ notification: { close: vi.fn(), data: { url } } })

  it('opens a page where none is open', async () => {
    const w = start()
    const event = click()
    await w.fire('notificationclick', event)
    expect(event.notification.close).toHaveBeenCalled()
    expect(w.scope.clients.openWindow).toHaveBeenCalledWith('/businesses?open=1')
  })

  it('never opens another origin', async () => {
    const w = start()
    await w.fire('notificationclick', click('//elsewhere.test/x'))
    expect(w.scope.clients.openWindow).toHaveBeenCalledWith('/inbox')
  })

  it('asks the tab that is looked at', async () => {
    const w = start()
    const [hidden, visible] = [tab('/inbox'), tab('/my', { visibilityState: 'visible' })]
    w.scope.clients.matchAll.mockResolvedValue([hidden, visible])
    await w.fire('notificationclick', click())
    expect(visible.focus).toHaveBeenCalled()
    expect(visible.postMessage).toHaveBeenCalledWith(
      { type: 'open', path: '/businesses?open=1' },
      expect.anything(),
    )
    expect(visible.navigate).not.toHaveBeenCalled()
    expect(hidden.postMessage).not.toHaveBeenCalled()
  })

  it('leaves a booking page alone', async () => {
    const w = start()
    const customer = tab('/book/prishtina', { focused: true })
    w.scope.clients.matchAll.mockResolvedValue([customer])
    await w.fire('notificationclick', click())
    expect(customer.focus).not.toHaveBeenCalled()
    expect(w.scope.clients.openWindow).toHaveBeenCalled()
  })

  it('takes a tab that does not answer to the page itself, and opens one if it may not', async () => {
    vi.useFakeTimers()
    try {
      const w = start()
      const silent = tab('/inbox', { answers: false })
      w.scope.clients.matchAll.mockResolvedValue([silent])
      const done = w.fire('notificationclick', click())
      await vi.advanceTimersByTimeAsync(1000)
      await done
      expect(silent.navigate).toHaveBeenCalledWith('/businesses?open=1')

      silent.navigate = vi.fn().mockRejectedValue(new TypeError('not controlled'))
      const again = w.fire('notificationclick', click())
      await vi.advanceTimersByTimeAsync(1000)
      await again
      expect(w.scope.clients.openWindow).toHaveBeenCalledWith('/businesses?open=1')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('A subscription that changed', () => {
  it('is renewed with the same key, and an open page is told', async () => {
    const w = start()
    const open = tab('/inbox')
    w.scope.clients.matchAll.mockResolvedValue([open])
    const applicationServerKey = new ArrayBuffer(65)
    await w.fire('pushsubscriptionchange', { oldSubscription: { options: { applicationServerKey } } })
    expect(w.scope.registration.pushManager.subscribe).toHaveBeenCalledWith({
      userVisibleOnly: true,
      applicationServerKey,
    })
    expect(open.postMessage).toHaveBeenCalledWith({ type: 'subscription' })
  })

  it('is left as the browser renewed it', async () => {
    const w = start()
    await w.fire('pushsubscriptionchange', { oldSubscription: null, newSubscription: {} })
    expect(w.scope.registration.pushManager.subscribe).not.toHaveBeenCalled()
  })
})
