import { ApiError } from './error'
import { parsePositions, recordPositions } from './position'
import { session as browserSession, type Session, SessionEnded } from './session'

export type Query = Record<string, string | number | boolean | null | undefined>

/** One page of a list; next is the cursor of the page after it. */
export interface Page<T> {
  items: T[]
  next: string | undefined
}

interface Options {
  query?: Query
  signal?: AbortSignal
  /** Makes a POST happen once, however often it is sent; made up for each call if it is left out. */
  idempotencyKey?: string
}

/** Speaks to the API of the page's own origin, as whoever is signed in. */
export class Client {
  private readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  async get<T>(path: string, options: Options = {}): Promise<T> {
    const response = await this.send('GET', path, undefined, options)
    return read<T>(response)
  }

  /** Gets one page of a list. */
  async page<T>(path: string, options: Options = {}): Promise<Page<T>> {
    const response = await this.send('GET', path, undefined, options)
    const items = await read<T[]>(response)
    const page = { items, next: nextCursor(response.headers.get('Link')) }
    recordPositions(page, parsePositions(response.headers.get('Fade-Position')))
    return page
  }

  /** Gets an answer together with one of its headers. */
  async getWithHeader<T>(
    path: string,
    header: string,
    options: Options = {},
  ): Promise<{ body: T; header: string | null }> {
    const response = await this.send('GET', path, undefined, options)
    return { body: await read<T>(response), header: response.headers.get(header) }
  }

  async post<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
    return read<T>(await this.send('POST', path, body ?? {}, options))
  }

  async patch<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
    return read<T>(await this.send('PATCH', path, body, options))
  }

  async put<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
    return read<T>(await this.send('PUT', path, body, options))
  }

  async delete<T = void>(path: string, options: Options = {}): Promise<T> {
    return read<T>(await this.send('DELETE', path, undefined, options))
  }

  private async send(method: string, path: string, body: unknown, options: Options): Promise<Response> {
    const token = this.session.token
    if (!token) {
      this.session.end('expired')
      throw new SessionEnded()
    }
    const headers = new Headers({ Accept: 'application/json' })
    if (body !== undefined) headers.set('Content-Type', 'application/json')
    if (method === 'POST') headers.set('Idempotency-Key', options.idempotencyKey ?? randomId())
    const request = (bearer: string) => {
      headers.set('Authorization', `Bearer ${bearer}`)
      return attempt(path + queryText(options.query), {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: options.signal ?? null,
      })
    }
    let response = await request(token)
    if (response.status === 401) {
      response = await request(await this.session.refresh(token))
      if (response.status === 401) {
        this.session.end('expired')
        throw new SessionEnded()
      }
    }
    if (!response.ok) throw await ApiError.of(response)
    return response
  }
}

export async function attempt(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw ApiError.offline()
  }
}

export async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const text = await response.text()
  const answer = text === '' ? undefined : JSON.parse(text)
  recordPositions(answer, parsePositions(response.headers.get('Fade-Position')))
  return answer as T
}

/** Reads the cursor of the next page from a Link header (RFC 8288). */
export function nextCursor(link: string | null): string | undefined {
  for (const match of (link ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel="?next"?/i.test(match[2] ?? '')) {
      return new URL(match[1] ?? '', location.origin).searchParams.get('cursor') ?? undefined
    }
  }
  return undefined
}

export function queryText(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** A random id; crypto.randomUUID is missing on pages without TLS. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  )
}

export const api = new Client(browserSession)
