import { CalendarDays, Copy } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { BusinessTotals, Reservation } from '@/api'
import { useMe } from '@/api/me'
import { PageTitle } from '@/components/page-title'
import { ReservationBadge } from '@/components/status'
import {
  Button,
  Card,
  CardHeader,
  cardClass,
  EmptyState,
  ErrorState,
  LinkButton,
  PageHeader,
  Skeleton,
  toast,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatDayTimeIn, formatInteger, formatMoney } from '@/lib/format'
import { rowsOf, useFresh } from '@/live'
import { useOwnTotals } from '../api/stats'
import { useUpcoming } from '../api/upcoming'

// The charting library is as large as all the rest; the figures do not wait for it.
const DaysChart = lazy(() => import('./days-chart'))

const figures: readonly { label: string; of: (totals: BusinessTotals) => string }[] = [
  { label: 'Pending', of: (t) => formatInteger(t.pending_reservations) },
  { label: 'Confirmed', of: (t) => formatInteger(t.confirmed_reservations) },
  { label: 'Booked in 30 days', of: (t) => formatInteger(t.reservations_last_30_days) },
  { label: 'Revenue', of: (t) => formatMoney(t.revenue) },
]

/** The owner's start: their figures and their next appointments, live. */
export function OverviewPage() {
  const me = useMe()
  return (
    <>
      <PageTitle>Overview</PageTitle>
      <PageHeader title={me.business_details?.name ?? 'Overview'} description="What is coming, as it comes.">
        <LinkButton to="/my/calendar">Open the calendar</LinkButton>
      </PageHeader>
      {me.business_details && <BookingLink subdomain={me.business_details.subdomain} />}
      <Figures />
      <Suspense fallback={<Skeleton className="mb-6 h-80 rounded-2xl" />}>
        <DaysChart />
      </Suspense>
      <Upcoming />
    </>
  )
}

/** Where customers book: to look at, and to send to them. */
function BookingLink({ subdomain }: { subdomain: string }) {
  const address = `${location.origin}/book/${subdomain}`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address)
      toast.success('The address is copied.')
    } catch {
      toast.error('The address could not be copied. Open the page and copy it from there.')
    }
  }
  return (
    <Card className="mb-6 flex flex-wrap items-center gap-3 px-5 py-4">
      <div className="min-w-0 flex-1 basis-60">
        <h2 className="font-semibold text-sm">Your booking page</h2>
        <p className="truncate text-[13px] text-ink-muted" title={address}>
          {address}
        </p>
      </div>
      <Button variant="secondary" size="sm" onPress={() => void copy()}>
        <Copy aria-hidden className="size-4" />
        Copy
      </Button>
      <LinkButton
        to="/book/$subdomain"
        params={{ subdomain }}
        variant="secondary"
        size="sm"
        target="_blank"
        rel="noreferrer"
      >
        Open
      </LinkButton>
    </Card>
  )
}

function Figures() {
  const { data, error, refetch } = useOwnTotals()
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <dl className="grid grid-cols-2 gap-4 pb-6 lg:grid-cols-4">
      {figures.map(({ label, of }) => (
        <div key={label} className={cx(cardClass, 'px-5 py-4')}>
          <dt className="text-[13px] text-ink-muted">{label}</dt>
          <dd className="mt-1 text-2xl font-semibold tracking-tight tabular-nums">
            {data ? of(data.totals) : <Skeleton className="mt-2 h-6 w-16" />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Upcoming() {
  const { data, error, isPending, refetch } = useUpcoming()
  const zone = useMe().business_details?.timezone ?? 'UTC'
  const coming = rowsOf(data).filter((r) => r.status !== 'canceled')
  return (
    <Card>
      <CardHeader title="Next appointments" description="Times are those of your business." />
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <div className="flex flex-col gap-3 px-5 pb-5">
          <Skeleton className="h-10" />
          <Skeleton className="h-10" />
        </div>
      ) : coming.length === 0 ? (
        <EmptyState icon={<CalendarDays />} title="Nothing is booked">
          The next reservation appears here by itself.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {coming.map((reservation) => (
            <Appointment key={reservation.id} reservation={reservation} zone={zone} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Appointment({ reservation, zone }: { reservation: Reservation; zone: string }) {
  const fresh = useFresh(`upcoming:${reservation.id}`)
  return (
    <li className={cx('flex items-center gap-4 px-5 py-3', fresh && 'fresh')} data-testid="upcoming-item">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium" title={reservation.customer_name}>
          {reservation.customer_name}
        </span>
        <span className="block truncate text-[13px] text-ink-muted">{reservation.customer_phone}</span>
      </span>
      <time className="text-right text-[13px] text-ink-muted tabular-nums" dateTime={reservation.start_time}>
        {formatDayTimeIn(reservation.start_time, zone)}
      </time>
      <ReservationBadge status={reservation.status} />
    </li>
  )
}
