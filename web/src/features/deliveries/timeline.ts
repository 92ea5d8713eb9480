import type { DeliveryStory } from '@/api'
import type { Tone } from '@/components/ui'
import { causeInWords, kindInWords, reasonInWords } from './words'

/** One thing that happened to a delivery, or that is to happen. */
export interface Step {
  at: string | null
  what: string
  detail: string
  tone: Tone
  /** It has not happened yet. */
  coming?: boolean
}

/** What happened to a delivery, first to last, and what comes next. */
export function timelineOf(d: DeliveryStory): Step[] {
  const steps: Step[] = [
    {
      at: d.created_at,
      what: `${kindInWords(d.kind)} queued`,
      detail: causeInWords(d.cause),
      tone: 'neutral',
    },
    ...d.attempts.map(
      (try_): Step => ({
        at: try_.at,
        what: `Try ${try_.attempt} ${try_.permanent ? 'was refused for good' : 'failed'}`,
        detail: try_.error,
        tone: try_.permanent ? 'bad' : 'warn',
      }),
    ),
  ]
  switch (d.state) {
    case 'sent':
      steps.push({
        at: d.settled_at,
        what: d.route === 'push' ? 'Accepted by the push service' : 'Sent',
        detail: d.message_id && `Message-ID ${d.message_id}`,
        tone: 'good',
      })
      break
    case 'canceled':
      steps.push({ at: d.settled_at, what: 'Canceled', detail: reasonInWords(d.reason), tone: 'neutral' })
      break
    case 'failed':
      steps.push({
        at: d.settled_at,
        what: 'Given up',
        detail: 'Nobody tries again until somebody asks for it.',
        tone: 'bad',
      })
      break
    default:
      steps.push({
        at: d.next_attempt_at,
        what: d.attempt > 0 ? `Try ${d.attempt + 1} of ${d.max_attempts}` : 'Leaves',
        detail: '',
        tone: 'accent',
        coming: true,
      })
  }
  return steps
}
