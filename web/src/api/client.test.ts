import { delay, HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { token } from '@/test/samples'
import { Client, nextCursor } from './client'
import { ApiError } from './error'
import { positionOf, positionsOf } from './position'
import { ACCESS_KEY, REFRESH_KEY, Session, SessionEnded } from './session'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const OLD = token({ sub: 'u1', n: 1 })
const NEW = token({ sub: 'u1', n: 2 })

/** What the server was sent as refresh tokens; one that comes twice revokes the family. */
let refreshes: string[]
let keys: (string | null)[]

beforeEach(() => {
  refreshes = []
  keys = []
  localStorage.setItem(ACCESS_KEY, OLD)
  localStorage.setItem(REFRESH_KEY, 'refresh-1')
  server.use(
    http.get('*/api/thing/', ({ request }) =>
      request.headers.get('Authorization') === `Bearer ${NEW}`
        ? HttpResponse.json([{ id: 1 }], {
            headers: {
              Link: '</api/thing/?cursor=abc%3D&limit=1>; rel="next"',
              'Fade-Position': 'dashboard=k3v9:41, user:u1=k3v9:7',
            },
          })
        : new HttpResponse(null, { status: 401 }),
    ),
    http.post('*/api/thing/', async ({ request }) => {
      keys.push(request.headers.get('Idempotency-Key'))
      return request.headers.get('Authorization') === `Bearer ${NEW}`
        ? HttpResponse.json({ id: 1 }, { status: 201 })
        : new HttpResponse(null, { status: 401 })
    }),
    http.post('*/api/auth/refresh/', async ({ request }) => {
      const { refresh } = (await request.json()) as { refresh: string }
      refreshes.push(refresh)
      await delay(20)
      if (refresh !== 'refresh-1' || refreshes.length > 1) return new HttpResponse(null, { status: 401 })
      return HttpResponse.json({ access: NEW, refresh: 'refresh-2' })
    }),
  )
})

describe('a 401', () => {
  it('refreshes once for all requests of a tab and sends them again', async () => {
    const client = new Client(new Session())
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.get<{ id: number }[]>('/api/thing/')))
    expect(answers).toEqual([[{ id: 1 }], [{ id: 1 }], [{ id: 1 }], [{ id: 1 }]])
    expect(refreshes).toEqual(['refresh-1'])
    expect(localStorage.getItem(REFRESH_KEY)).toBe('refresh-2')
  })

  it('refreshes once for all tabs', async () => {
    // Each tab has a Session of its own; storage and lock are common to them.
    const tabs = [1, 2, 3].map(() => new Client(new Session()))
    await Promise.all(tabs.map((tab) => tab.get('/api/thing/')))
    expect(refreshes).toEqual(['refresh-1'])
  })

  it('does without a refresh when another tab has already brought a token', async () => {
    const session = new Session()
    localStorage.setItem(ACCESS_KEY, NEW)
    expect(await session.refresh(OLD)).toBe(NEW)
    expect(refreshes).toEqual([])
  })

  it('sends a POST again under the same key', async () => {
    await new Client(new Session()).post('/api/thing/', {})
    expect(keys.length).toBe(2)
    expect(keys[0]).toBeTruthy()
    expect(keys[1]).toBe(keys[0])
  })

  it('ends the session when the refresh is refused, once', async () => {
    localStorage.setItem(REFRESH_KEY, 'used-before')
    const session = new Session()
    const ends: unknown[] = []
    session.subscribe((change) => change.type === 'ended' && ends.push(change))
    const client = new Client(session)
    const results = await Promise.allSettled([client.get('/api/thing/'), client.get('/api/thing/')])
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(SessionEnded) })
    }
    expect(ends).toEqual([{ type: 'ended', reason: 'expired' }])
    expect(session.token).toBeNull()
    expect(localStorage.getItem(REFRESH_KEY)).toBeNull()
  })

  it('keeps the session when the server cannot be asked', async () => {
    server.use(http.post('*/api/auth/refresh/', () => new HttpResponse(null, { status: 503 })))
    const session = new Session()
    await expect(new Client(session).get('/api/thing/')).rejects.toMatchObject({ status: 503 })
    expect(session.signedIn).toBe(true)
  })

  it('does not bring back a session that was signed out meanwhile', async () => {
    const session = new Session()
    const refreshing = session.refresh(OLD)
    session.end('signed_out')
    await expect(refreshing).rejects.toBeInstanceOf(SessionEnded)
    expect(session.token).toBeNull()
  })
})

describe('other tabs', () => {
  it('signing out there signs out here', () => {
    const session = new Session()
    const changes: unknown[] = []
    session.subscribe((change) => changes.push(change))
    const stop = session.listen()
    localStorage.setItem(ACCESS_KEY, NEW)
    window.dispatchEvent(new StorageEvent('storage', { key: ACCESS_KEY }))
    localStorage.removeItem(ACCESS_KEY)
    window.dispatchEvent(new StorageEvent('storage', { key: ACCESS_KEY }))
    stop()
    expect(changes).toEqual([{ type: 'token' }, { type: 'ended', reason: 'signed_out' }])
  })
})

describe('an answer', () => {
  beforeEach(() => localStorage.setItem(ACCESS_KEY, NEW))

  it('tells its next page and where the log stood', async () => {
    const page = await new Client(new Session()).page('/api/thing/')
    expect(page).toEqual({ items: [{ id: 1 }], next: 'abc=' })
    expect(positionOf(page, 'dashboard')).toEqual({ channel: 'dashboard', epoch: 'k3v9', seq: 41 })
    expect(positionsOf(page).length).toBe(2)
  })

  it('that is a problem becomes an error with its fields', async () => {
    server.use(
      http.patch('*/api/thing/', () =>
        HttpResponse.json(
          {
            title: 'Conflict',
            status: 409,
            detail: 'This subdomain is taken.',
            code: 'conflict',
            errors: [{ location: 'body.subdomain', message: 'This subdomain is taken.' }],
          },
          { status: 409, headers: { 'Content-Type': 'application/problem+json' } },
        ),
      ),
    )
    const error = await new Client(new Session()).patch('/api/thing/', {}).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: 'This subdomain is taken.',
      errors: [{ location: 'body.subdomain', message: 'This subdomain is taken.' }],
    })
  })

  it('that never comes is an error to try again', async () => {
    server.use(http.get('*/api/thing/', () => HttpResponse.error()))
    await expect(new Client(new Session()).get('/api/thing/')).rejects.toMatchObject({
      status: 0,
      transient: true,
    })
  })
})

describe('nextCursor', () => {
  it.each([
    [null, undefined],
    ['</api/x/?cursor=a>; rel="prev"', undefined],
    ['</api/x/?cursor=a>; rel="prev", </api/x/?cursor=b>; rel="next"', 'b'],
    ['<https://fade.test/api/x/?limit=2&cursor=c%2Bd>; rel=next', 'c+d'],
  ])('%s', (link, cursor) => expect(nextCursor(link)).toBe(cursor))
})
