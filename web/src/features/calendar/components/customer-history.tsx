import type { Reservation } from '@/api'
import { ReservationBadge } from '@/components/status'
import { ErrorState, Skeleton } from '@/components/ui'
import { useHistory } from '../api/history'
import { formatClock, formatIn } from '../dates'

/** What the customer has booked before, by their phone number. */
export function CustomerHistory({ reservation, zone }: { reservation: Reservation; zone: string }) {
  const { data, isLoading, error, refetch } = useHistory(reservation.business, reservation.customer_phone)
  if (!reservation.customer_phone) return null
  if (isLoading) return <Skeleton className="h-12" />
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} className="py-4" />
  const others = (data?.items ?? []).filter((r) => r.id !== reservation.id)
  const visits = others.filter((r) => r.status === 'completed')
  const missed = others.filter((r) => r.status === 'no_show').length
  const last = visits[0] // the newest are first
  return (
    <section aria-label="Customer history">
      <h3 className="font-semibold text-sm">History</h3>
      <p className="mb-2 text-[13px] text-ink-muted">
        {others.length === 0
          ? 'The first booking with this number.'
          : `${visitsOf(visits.length)}, ${missed} missed.`}
        {last && ` Last visit on ${formatIn(last.start_time, zone, { dateStyle: 'long' })}.`}
      </p>
      {others.length > 0 && (
        <ul className="max-h-40 divide-y divide-line overflow-y-auto rounded-xl border border-line">
          {others.map((r) => (
            <li key={r.id} className="flex items-center gap-3 px-3 py-2 text-[13px]">
              <span className="min-w-0 flex-1 truncate">
                {formatIn(r.start_time, zone, { dateStyle: 'medium' })}, {formatClock(r.start_time, zone)}
                {r.service_name && ` · ${r.service_name}`}
              </span>
              <ReservationBadge status={r.status} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function visitsOf(count: number): string {
  if (count === 0) return 'No visits yet'
  return count === 1 ? '1 visit' : `${count} visits`
}
