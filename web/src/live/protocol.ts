import type { LogEvent } from '@/api'

/** What the server sends that belongs to no event. */
export type ControlFrame =
  | { type: 'connection_established'; channel?: string; epoch?: string; seq?: number; expires_at?: string }
  | { type: 'subscribed'; channel: string; epoch: string; seq: number; head: number }
  | { type: 'unsubscribed'; channel: string }
  | { type: 'reset'; channel: string; epoch: string; seq: number; reason: string }
  | { type: 'authenticated'; expires_at?: string }
  | { type: 'reconnect'; after_ms: number }
  | { type: 'pong' }
  | { type: 'error'; code: string; message: string; channel?: string }

/** What is of this moment only: it has no sequence, and may be lost. */
export type Signal =
  | { type: 'typing'; channel: string; payload: { user: string; expires_in_ms: number } }
  | {
      type: 'presence'
      channel: string
      payload: { changes: { user: string; online: boolean; at: string }[] }
    }

export type Frame = ControlFrame | Signal | LogEvent

/** What the page sends. */
export type Message =
  | { type: 'ping' }
  | { type: 'subscribe'; channel: string; since?: number; epoch?: string }
  | { type: 'unsubscribe'; channel: string }
  | { type: 'auth'; token: string }
  | { type: 'ack'; channel: string; seq: number }
  | { type: 'typing'; channel: string }

/** Reads one text frame; undefined for what is no object with a type. */
export function parseFrame(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string') {
      return value as Frame
    }
  } catch {
    // Not ours.
  }
  return undefined
}

/** Events carry a channel and a sequence; control frames of the same shape are named above. */
export function isEvent(frame: Frame): frame is LogEvent {
  return 'payload' in frame && 'seq' in frame && 'channel' in frame
}

/** What the page must do when the socket closes. */
export type CloseAction = 'reconnect' | 'reauthenticate' | 'signed_out' | 'stop'

/**
 * The range of a close code says what to do: 4400 to 4449 do not reconnect, everything else does. Two of
 * the former can be dealt with: 4401 by a new token, 4409 by signing in again.
 */
export function actionFor(code: number): CloseAction {
  if (code === 4401) return 'reauthenticate'
  if (code === 4409) return 'signed_out'
  if (code >= 4400 && code <= 4449) return 'stop'
  return 'reconnect'
}

/** Full jitter: anything between nothing and a bound that doubles from 0.5 s to 30 s. */
export function backoff(attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(30_000, 500 * 2 ** Math.min(attempt, 10)))
}
