import { ApiError } from './error'
import type { Tokens } from './schema'

/** Where the tokens are kept, on every tab the same. */
export const ACCESS_KEY = 'token'
export const REFRESH_KEY = 'refresh'

/** Why a session ended: its time was up, it was revoked elsewhere, or the person signed out. */
export type EndReason = 'expired' | 'revoked' | 'signed_out'

/** The session is over; the person must sign in again. */
export class SessionEnded extends Error {
  constructor() {
    super('The session has ended.')
    this.name = 'SessionEnded'
  }
}

type Listener = (change: { type: 'token' } | { type: 'ended'; reason: EndReason }) => void

interface Claims {
  sub?: string
  sid?: string
  exp?: number
}

/** Reads a token's claims without checking them: only to know when to refresh and whose it is. */
export function claimsOf(token: string | null): Claims {
  const body = token?.split('.')[1]
  if (!body) return {}
  try {
    return JSON.parse(atob(body.replace(/-/g, '+').replace(/_/g, '/')))
  } catch {
    return {}
  }
}

/**
 * The session of this browser. Local storage is the truth, so that all tabs share it: nothing here keeps
 * a token of its own.
 *
 * A refresh token works once, and the server revokes the whole family when one comes twice. So only one
 * tab at a time refreshes (a lock over all tabs), and whoever gets the lock first looks whether another
 * tab has already brought a new token.
 */
export class Session {
  private readonly listeners = new Set<Listener>()
  private flight: Promise<string> | null = null
  private readonly post: (path: string, body: unknown) => Promise<Response>

  constructor(post: (path: string, body: unknown) => Promise<Response> = postJSON) {
    this.post = post
  }

  get token(): string | null {
    return localStorage.getItem(ACCESS_KEY)
  }

  /** The id of the signed-in user, or undefined. */
  get userId(): string | undefined {
    return claimsOf(this.token).sub
  }

  get signedIn(): boolean {
    return this.token !== null
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Follows what other tabs do; gives the function that stops it. */
  listen(): () => void {
    const onStorage = (event: StorageEvent) => {
      if (event.key === ACCESS_KEY || event.key === null) {
        if (this.token === null) this.emit({ type: 'ended', reason: 'signed_out' })
        else this.emit({ type: 'token' })
      }
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }

  async signIn(email: string, password: string): Promise<void> {
    const response = await this.post('/api/auth/login/', { email, password })
    if (!response.ok) throw await ApiError.of(response)
    this.store(await response.json())
  }

  /** Signs out here, in every tab and, if it can be reached, on the server. */
  async signOut(): Promise<void> {
    const token = this.token
    this.end('signed_out')
    if (!token) return
    try {
      await fetch('/api/auth/logout/', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        keepalive: true,
      })
    } catch {
      // The token is gone from this browser; the server forgets the session when it expires.
    }
  }

  /** Forgets the tokens and tells everybody. */
  end(reason: EndReason): void {
    const had = this.token !== null || localStorage.getItem(REFRESH_KEY) !== null
    localStorage.removeItem(REFRESH_KEY)
    localStorage.removeItem(ACCESS_KEY)
    if (had) this.emit({ type: 'ended', reason })
  }

  /** When the access token ends, in milliseconds; undefined if the token does not say. */
  expiresAt(token = this.token): number | undefined {
    const exp = claimsOf(token).exp
    return exp === undefined ? undefined : exp * 1000
  }

  /** Gives a token that is good for at least the given time, refreshing it if need be. */
  async fresh(milliseconds: number): Promise<string> {
    const token = this.token
    if (!token) throw new SessionEnded()
    const expires = this.expiresAt(token)
    if (expires !== undefined && expires - Date.now() < milliseconds) return this.refresh(token)
    return token
  }

  /**
   * Gives a newer token than the stale one. Throws SessionEnded, and ends the session, when the server
   * refuses; throws ApiError, and keeps the session, when it could not be asked.
   */
  refresh(stale: string | null): Promise<string> {
    this.flight ??= exclusively('fade-refresh', () => this.renew(stale)).finally(() => {
      this.flight = null
    })
    return this.flight
  }

  private async renew(stale: string | null): Promise<string> {
    const current = this.token
    if (current && current !== stale) return current
    const refresh = localStorage.getItem(REFRESH_KEY)
    if (!refresh) {
      this.end('expired')
      throw new SessionEnded()
    }
    const response = await this.post('/api/auth/refresh/', { refresh })
    if (response.ok) {
      const tokens: Tokens = await response.json()
      // The person may have signed out while the answer was on its way.
      if (localStorage.getItem(REFRESH_KEY) !== refresh) {
        if (this.token) return this.token
        throw new SessionEnded()
      }
      this.store(tokens)
      return tokens.access
    }
    if (response.status >= 500 || response.status === 429) throw await ApiError.of(response)
    if (localStorage.getItem(REFRESH_KEY) === refresh) this.end('expired')
    throw new SessionEnded()
  }

  private store(tokens: Tokens): void {
    // The refresh token first: other tabs wake up on the access token.
    localStorage.setItem(REFRESH_KEY, tokens.refresh)
    localStorage.setItem(ACCESS_KEY, tokens.access)
    this.emit({ type: 'token' })
  }

  private emit(change: Parameters<Listener>[0]): void {
    for (const listener of [...this.listeners]) listener(change)
  }
}

async function postJSON(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    })
  } catch {
    throw ApiError.offline()
  }
}

/** Runs the task while no other tab of this origin runs one of that name. */
async function exclusively<T>(name: string, task: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(name, task)
  return leased(name, task)
}

const LEASE = 15_000

/**
 * The same for pages served without TLS from another machine, where browsers have no locks: a lease in
 * local storage, kept by whoever still finds its own name there after a moment.
 */
async function leased<T>(name: string, task: () => Promise<T>): Promise<T> {
  const me = String(Math.random())
  const until = Date.now() + 2 * LEASE
  for (;;) {
    const [holder, ends] = (localStorage.getItem(name) ?? '').split(' ')
    if (!holder || Number(ends) < Date.now() || Date.now() > until) {
      localStorage.setItem(name, `${me} ${Date.now() + LEASE}`)
      await pause(40 + Math.random() * 40)
      if (localStorage.getItem(name)?.startsWith(`${me} `)) break
    }
    await pause(50 + Math.random() * 50)
  }
  try {
    return await task()
  } finally {
    if (localStorage.getItem(name)?.startsWith(`${me} `)) localStorage.removeItem(name)
  }
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))

export const session = new Session()
