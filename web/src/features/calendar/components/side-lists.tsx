import { Check, X } from 'lucide-react'
import type { Reservation } from '@/api'
import { ReservationBadge } from '@/components/status'
import { Card, CardHeader, ErrorState, IconButton, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'
import { dateOf, formatClock, formatIn } from '../dates'

interface ListProps {
  title: string
  empty: string
  rows: Reservation[] | undefined
  error?: unknown
  onRetry?: () => void
  zone: string
  withDay?: boolean
  onOpen: (id: string) => void
  onConfirm?: (reservation: Reservation) => void
  onDecline?: (reservation: Reservation) => void
}

/** A short list of reservations beside the calendar. */
export function SideList({ title, empty, rows, error, onRetry, ...row }: ListProps) {
  return (
    <Card>
      <CardHeader title={rows && rows.length > 0 ? `${title} (${rows.length})` : title} />
      {error && !rows ? (
        <ErrorState error={error} {...(onRetry ? { onRetry } : {})} className="py-6" />
      ) : !rows ? (
        <div className="px-5 pb-5">
          <Skeleton className="h-10" />
        </div>
      ) : rows.length === 0 ? (
        <p className="px-5 pb-5 text-[13px] text-ink-muted">{empty}</p>
      ) : (
        <ul className="max-h-96 divide-y divide-line overflow-y-auto border-line border-t" aria-label={title}>
          {rows.map((reservation) => (
            <Row key={reservation.id} reservation={reservation} {...row} />
          ))}
        </ul>
      )}
    </Card>
  )
}

type RowProps = Omit<ListProps, 'title' | 'empty' | 'rows' | 'error' | 'onRetry'> & {
  reservation: Reservation
}

function Row({ reservation, zone, withDay, onOpen, onConfirm, onDecline }: RowProps) {
  const fresh = useFresh(`calendar:${reservation.id}`)
  const { customer_name, start_time, service_name, staff_name, status } = reservation
  const day = withDay
    ? `${formatIn(start_time, zone, { weekday: 'short', day: 'numeric', month: 'short' })}, `
    : ''
  return (
    <li className={cx('flex items-center gap-1 pr-3', fresh && 'fresh')} data-testid="side-row">
      <button
        type="button"
        onClick={() => onOpen(reservation.id)}
        className="min-w-0 flex-1 px-5 py-2.5 text-left hover:bg-sunken focus-visible:outline-2 focus-visible:outline-accent focus-visible:-outline-offset-2"
      >
        <span className="block truncate font-medium">{customer_name}</span>
        <span className="block truncate text-[13px] text-ink-muted tabular-nums">
          {day}
          {formatClock(start_time, zone)}
          {service_name && ` · ${service_name}`}
          {staff_name && ` · ${staff_name}`}
        </span>
      </button>
      {onDecline && (
        <IconButton aria-label={`Decline ${customer_name}`} onPress={() => onDecline(reservation)}>
          <X />
        </IconButton>
      )}
      {onConfirm ? (
        <IconButton
          aria-label={`Confirm ${customer_name}`}
          className="text-good"
          onPress={() => onConfirm(reservation)}
        >
          <Check />
        </IconButton>
      ) : (
        <ReservationBadge status={status} />
      )}
    </li>
  )
}

/** Today's reservations in order, those that are over last. */
export function todaysOf(rows: readonly Reservation[], today: string, zone: string): Reservation[] {
  const over = (r: Reservation) => Number(r.status !== 'pending' && r.status !== 'confirmed')
  return rows
    .filter((r) => r.status !== 'canceled' && dateOf(Date.parse(r.start_time), zone) === today)
    .sort((a, b) => over(a) - over(b) || Date.parse(a.start_time) - Date.parse(b.start_time))
}
