import type { FreeSlot, Problem, Reservation } from './schema'

export interface FieldProblem {
  /** Where in the request, such as "body.subdomain". */
  location: string
  message: string
}

/** A failed request. Status is 0 when no answer came at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: FieldProblem[]
  /** Seconds the server asks to wait before trying again, if it said so. */
  readonly retryAfter: number | undefined
  /** With the code slot_taken: the nearest slots that are free. */
  readonly nearest: FreeSlot[]
  /** With the code stale_version: the reservation as it is now, and who changed it. */
  readonly current: Reservation | undefined

  constructor(status: number, problem: Problem, retryAfter?: number) {
    const detail = problem.detail || problem.title || 'Something went wrong.'
    super(detail)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? ''
    this.title = problem.title ?? ''
    this.detail = detail
    this.errors = (problem.errors ?? []).map((e) => ({ location: e.location ?? '', message: e.message }))
    this.retryAfter = retryAfter
    this.nearest = problem.nearest ?? []
    this.current = problem.current
  }

  /** Whether trying the same request again may help. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  static async of(response: Response): Promise<ApiError> {
    const after = Number(response.headers.get('Retry-After'))
    let problem: Problem = { title: response.statusText }
    try {
      if (response.headers.get('Content-Type')?.includes('json')) problem = await response.json()
    } catch {
      // The status says enough.
    }
    return new ApiError(response.status, problem, Number.isFinite(after) && after > 0 ? after : undefined)
  }

  static offline(): ApiError {
    return new ApiError(0, {
      code: 'unreachable',
      title: 'No connection',
      detail: 'The server cannot be reached. Check your connection and try again.',
    })
  }
}

/** What to tell a person about any error. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status >= 500) return 'Something went wrong on our side. Please try again.'
    return error.errors.length === 1 && error.errors[0] ? error.errors[0].message : error.detail
  }
  return 'Something went wrong. Please try again.'
}
