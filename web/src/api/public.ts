import { attempt, type Query, queryText, randomId, read } from './client'
import { ApiError } from './error'

interface Options {
  query?: Query
  signal?: AbortSignal
  headers?: Record<string, string>
  /** Goes out even if the page is being left. */
  keepalive?: boolean
  /** Makes a POST happen once, however often it is sent; made up for each call if it is left out. */
  idempotencyKey?: string
}

async function send(method: string, path: string, body: unknown, options: Options): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json', ...options.headers })
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  if (method === 'POST') headers.set('Idempotency-Key', options.idempotencyKey ?? randomId())
  const response = await attempt(path + queryText(options.query), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: options.signal ?? null,
    keepalive: options.keepalive ?? false,
  })
  if (!response.ok) throw await ApiError.of(response)
  return response
}

/** Speaks to the API as anybody may: without a session, even if there is one. */
export const publicApi = {
  get: async <T>(path: string, options: Options = {}): Promise<T> =>
    read<T>(await send('GET', path, undefined, options)),
  post: async <T>(path: string, body?: unknown, options: Options = {}): Promise<T> =>
    read<T>(await send('POST', path, body ?? {}, options)),
  delete: async (path: string, options: Options = {}): Promise<void> =>
    read<void>(await send('DELETE', path, undefined, options)),
}
