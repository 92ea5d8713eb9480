import { Link } from '@tanstack/react-router'
import { Activity, Route } from 'lucide-react'
import { memo, useState } from 'react'
import type { EventType } from '@/api'
import { EventIcon } from '@/components/event-icon'
import {
  Button,
  Card,
  CardHeader,
  EmptyState,
  ErrorState,
  RelativeTime,
  Segmented,
  Skeleton,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'
import { type ActivityEvent, type ActivityKind, useActivity } from '../api/activity'

const options: { value: ActivityKind; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'businesses', label: 'Businesses' },
  { value: 'reservations', label: 'Reservations' },
  { value: 'users', label: 'Users' },
]

export function ActivityFeed() {
  const [kind, setKind] = useState<ActivityKind>('all')
  const feed = useActivity(kind)
  const events = feed.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card className="overflow-hidden">
      <CardHeader title="Activity" description="From the log, newest first">
        <Segmented label="Kind of activity" options={options} value={kind} onChange={setKind} />
      </CardHeader>
      <div className="max-h-[34rem] overflow-y-auto overscroll-contain border-t border-line">
        {feed.error && events.length === 0 ? (
          <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
        ) : feed.isPending ? (
          <Loading />
        ) : events.length === 0 ? (
          <EmptyState icon={<Activity />} title="Nothing has happened yet">
            What happens on the platform appears here the moment it does.
          </EmptyState>
        ) : (
          <>
            <ol aria-label="Activity" className="divide-y divide-line">
              {events.map((event) => (
                <Item key={event.id} event={event} />
              ))}
            </ol>
            <div className="flex justify-center border-t border-line p-3">
              {feed.hasNextPage ? (
                <Button
                  variant="quiet"
                  size="sm"
                  isPending={feed.isFetchingNextPage}
                  onPress={() => void feed.fetchNextPage()}
                >
                  Load older
                </Button>
              ) : (
                <p className="py-1 text-xs text-ink-faint">This is where the log begins</p>
              )}
            </div>
          </>
        )}
      </div>
    </Card>
  )
}

/** The events that people are told of. */
const TOLD: ReadonlySet<EventType> = new Set([
  'business_created',
  'business_updated',
  'reservation_created',
  'reservation_updated',
  'reservation_canceled',
])

const Item = memo(function Item({ event }: { event: ActivityEvent }) {
  const fresh = useFresh(`activity:${event.id}`)
  const detail = detailOf(event)
  return (
    <li
      data-testid="activity-item"
      data-seq={event.seq}
      data-type={event.type}
      className={cx('flex items-start gap-3 px-5 py-3', fresh && 'fresh')}
    >
      <EventIcon type={event.type} />
      <div className="min-w-0 flex-1">
        <p className="break-words text-ink">{event.payload.message}</p>
        {detail && (
          <p className="truncate text-[13px] text-ink-muted" title={detail}>
            {detail}
          </p>
        )}
      </div>
      <RelativeTime at={event.timestamp} className="shrink-0 pt-0.5 text-xs text-ink-faint tabular-nums" />
      {TOLD.has(event.type) && (
        <Link
          to="/deliveries"
          search={{ event: event.id }}
          aria-label="What became of it"
          title="What became of it"
          className="-my-1.5 -mr-2 inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-ink-faint hover:bg-sunken hover:text-ink dark:hover:bg-line"
        >
          <Route aria-hidden className="size-4" />
        </Link>
      )}
    </li>
  )
})

const start = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

function detailOf({ payload }: ActivityEvent): string {
  if ('business' in payload) return payload.business.full_domain || payload.business.subdomain
  if ('reservation' in payload) return `For ${start.format(new Date(payload.reservation.start_time))}`
  return payload.user.email
}

function Loading() {
  return (
    <div className="divide-y divide-line">
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <div key={i} className="flex items-center gap-3 px-5 py-3.5">
          <Skeleton className="size-8 rounded-full" />
          <Skeleton className="h-3 w-1/2" />
          <Skeleton className="ml-auto h-3 w-12" />
        </div>
      ))}
    </div>
  )
}
