import { Check, MailQuestion } from 'lucide-react'
import { ApiError, type Delivery, type EventStory as Story, type Told } from '@/api'
import { Avatar } from '@/components/avatar'
import { EventIcon } from '@/components/event-icon'
import { Card, CardHeader, EmptyState, ErrorState, RelativeTime, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatDayTime, formatExact, formatWord } from '@/lib/format'
import { useEventStory } from '../api/event'
import { causeInWords, kindInWords, peopleInWords, reasonInWords } from '../words'
import { RouteIcon, StateBadge } from './state-badge'

interface Props {
  id: string
  /** Opens a delivery. */
  onOpen: (id: string) => void
}

/** What became of an event: for everyone concerned, how it reached them. */
export function EventStory({ id, onOpen }: Props) {
  const { data: story, error, refetch } = useEventStory(id)
  if (error instanceof ApiError && error.status === 404 && !story) {
    return (
      <Card>
        <EmptyState icon={<MailQuestion />} title="Nobody was told of this event">
          It concerned nobody else, or it is older than what is kept.
        </EmptyState>
      </Card>
    )
  }
  if (error && !story) {
    return (
      <Card>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  if (!story) return <Skeleton className="h-80 rounded-2xl" />
  return (
    <div className="flex flex-col gap-4" data-testid="event-story">
      <Head story={story} />
      {story.people.map((told) => (
        <Person key={told.user} told={told} onOpen={onOpen} />
      ))}
      {story.others.length > 0 && (
        <Card className="overflow-hidden">
          <CardHeader title="Without an inbox" description="The business’s mailbox, and customers" />
          <Deliveries deliveries={story.others} onOpen={onOpen} />
        </Card>
      )}
      {story.people.length === 0 && story.others.length === 0 && (
        <Card>
          <EmptyState icon={<MailQuestion />} title="Nobody was told of this event" />
        </Card>
      )}
    </div>
  )
}

function Head({ story }: { story: Story }) {
  const sentences = peopleInWords(story.people)
  return (
    <Card className="flex items-start gap-4 px-5 py-4">
      <EventIcon type={story.type} className="size-10" />
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold break-words text-ink">{story.message || formatWord(story.type)}</h2>
        <p className="text-[13px] text-ink-muted">
          <RelativeTime at={story.at} /> · {formatDayTime(story.at)}
        </p>
        {sentences.length > 0 && (
          <p className="mt-2 text-[13px] break-words text-ink" data-testid="read-by">
            {sentences.join(' ')}
          </p>
        )}
      </div>
    </Card>
  )
}

function Person({ told, onOpen }: { told: Told; onOpen: (id: string) => void }) {
  const name = told.name || told.email
  return (
    <Card className="overflow-hidden" aria-label={name} data-testid="told">
      <header className="flex items-center gap-3 px-5 pt-4 pb-3">
        <Avatar name={name} />
        <div className="min-w-0 flex-1">
          <h3 className="truncate font-medium text-ink" title={name}>
            {name}
          </h3>
          <p className="truncate text-[13px] text-ink-muted" title={told.email}>
            {[told.role && formatWord(told.role), told.email].filter(Boolean).join(' · ')}
          </p>
        </div>
        {told.archived_at && <span className="text-xs text-ink-muted">Archived</span>}
      </header>
      {told.notification && <InboxSteps told={told} />}
      {told.deliveries.length > 0 && <Deliveries deliveries={told.deliveries} onOpen={onOpen} />}
    </Card>
  )
}

/** How far the entry of the inbox has come. */
function InboxSteps({ told }: { told: Told }) {
  const steps = [
    { label: 'In the inbox', at: undefined, done: true },
    { label: 'Arrived', at: told.acked_at, done: Boolean(told.acked_at ?? told.seen_at ?? told.read_at) },
    { label: 'Seen', at: told.seen_at, done: Boolean(told.seen_at ?? told.read_at) },
    { label: 'Read', at: told.read_at, done: told.read_at !== null },
  ]
  return (
    <ol aria-label="Inbox" className="grid grid-cols-2 gap-x-3 gap-y-2 px-5 pb-4 sm:grid-cols-4">
      {steps.map(({ label, at, done }) => (
        <li key={label} className="flex min-w-0 items-start gap-2" data-done={done}>
          <span
            aria-hidden
            className={cx(
              'mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full',
              done ? 'bg-good-soft text-good' : 'border border-line-strong',
            )}
          >
            {done && <Check className="size-3" />}
          </span>
          <span className="min-w-0 text-[13px]">
            <span className={cx('block', done ? 'text-ink' : 'text-ink-muted')}>
              {done ? label : `Not ${label.toLowerCase()} yet`}
            </span>
            {at && (
              <time dateTime={at} title={formatExact(at)} className="block text-xs text-ink-muted">
                {formatDayTime(at)}
              </time>
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}

function Deliveries({ deliveries, onOpen }: { deliveries: Delivery[]; onOpen: (id: string) => void }) {
  return (
    <ul className="divide-y divide-line border-t border-line">
      {deliveries.map((d) => (
        <li key={d.id}>
          <button
            type="button"
            onClick={() => onOpen(d.id)}
            className="flex w-full items-center gap-3 px-5 py-3 text-left -outline-offset-2 transition-colors hover:bg-sunken"
          >
            <RouteIcon route={d.route} />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-ink" title={d.address}>
                {kindInWords(d.kind)}
                {d.address && <span className="text-ink-muted"> · {d.address}</span>}
              </span>
              <span className="block text-[13px] [overflow-wrap:anywhere] text-ink-muted">{whyOf(d)}</span>
            </span>
            <StateBadge state={d.state} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function whyOf(d: Delivery): string {
  if (d.state === 'canceled') return reasonInWords(d.reason)
  if (d.state === 'failed') return d.last_error || 'It could not be sent.'
  if (d.state === 'sent' && d.settled_at) return `Sent ${formatDayTime(d.settled_at)}`
  if (d.next_attempt_at) return `${causeInWords(d.cause)} Due ${formatDayTime(d.next_attempt_at)}.`
  return causeInWords(d.cause)
}
