import { Info } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { Tooltip } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatInteger } from '@/lib/format'
import { type LiveStatus, useLiveStatus } from '@/live'

type Tone = 'good' | 'warn' | 'bad' | 'calm'

const dots: Record<Tone, string> = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', calm: 'bg-ink-faint' }

interface Words {
  tone: Tone
  text: string
  /** For a phone's narrow head; the text itself if it is short enough. */
  short?: string
  retry?: boolean
  /** What is behind it, for whoever wants to know. */
  hint?: string
}

function wordsFor(status: LiveStatus, seconds: number): Words {
  switch (status.state) {
    case 'live':
      if (status.caughtUp) {
        return {
          tone: 'good',
          text: `Caught up ${formatInteger(status.caughtUp)} ${status.caughtUp === 1 ? 'event' : 'events'}`,
        }
      }
      if (status.fallback) {
        return {
          tone: 'good',
          text: 'Live (fallback)',
          short: 'Live',
          hint: 'Something between you and the server lets no WebSocket through, a proxy perhaps. Events arrive over an event stream instead: nothing is lost.',
        }
      }
      return { tone: 'good', text: 'Live' }
    case 'waiting':
      return {
        tone: 'warn',
        text: seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…',
        short: seconds > 0 ? `In ${seconds} s` : '…',
        retry: true,
      }
    case 'offline':
      return { tone: 'bad', text: 'Offline', retry: true }
    case 'stopped':
      return { tone: 'bad', text: 'Live updates are off', short: 'Off', retry: true }
    default:
      return { tone: 'calm', text: 'Connecting…' }
  }
}

/** Whether what is on the screen is up to the moment. */
export function ConnectionPill() {
  const { status, retry } = useLiveStatus()
  const seconds = useSecondsUntil(status.state === 'waiting' ? status.until : undefined)
  const { tone, text, short, hint, retry: mayRetry } = wordsFor(status, seconds)
  return (
    <div
      data-testid="connection-pill"
      data-state={status.state}
      className="mr-1 flex h-8 min-w-0 items-center gap-2 rounded-full border border-line bg-surface pr-3 pl-2.5 text-xs font-medium text-ink-muted shadow-card"
    >
      <span aria-hidden className="relative flex size-2 shrink-0">
        {tone === 'good' && (
          <span className="absolute inset-0 animate-ping rounded-full bg-good opacity-40 [animation-duration:2.4s] [animation-iteration-count:3]" />
        )}
        <span className={cx('relative size-2 rounded-full', dots[tone])} />
      </span>
      {/* The countdown is for the eye; what is read out changes only with the state. */}
      <span aria-hidden className="truncate tabular-nums">
        <span className={short ? 'hidden sm:inline' : undefined}>{text}</span>
        {short && <span className="sm:hidden">{short}</span>}
      </span>
      <span role="status" className="sr-only">
        {status.state === 'waiting' ? 'Reconnecting' : text}
      </span>
      {hint && (
        <Tooltip text={hint}>
          <Button
            aria-label={`About this connection: ${hint}`}
            className="-mr-1 rounded-full text-ink-faint hover:text-ink"
          >
            <Info aria-hidden className="size-3.5" />
          </Button>
        </Tooltip>
      )}
      {mayRetry && (
        <Button
          onPress={retry}
          className="-mr-1 rounded-full px-1.5 py-0.5 font-semibold whitespace-nowrap text-accent hover:bg-accent-soft"
        >
          Retry now
        </Button>
      )}
    </div>
  )
}

function useSecondsUntil(until: number | undefined): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (until === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [until])
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000))
}
