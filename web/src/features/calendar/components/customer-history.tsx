import type { Reservation } from '@/api'
import { ReservationBadge } from '@/components/status'
import { Skeleton } from '@/components/ui'
import { useHistory } from '../api/history'
import { formatClock, formatIn } from '../dates'

/** What the customer has booked before, by their phone number. */
export function CustomerHistory({ reservation, zone }: { reservation: Reservation; zone: string }) {
  const { data, isLoading } = useHistory(reservation.business, reservation.customer_phone)
  if (!reservation.customer_phone) return null
  if (isLoading) return <Skeleton className="h-12" />
  const others = (data?.items ?? []).filter((r) => r.id !== reservation.id)
  const came = others.filter((r) => r.status === 'completed').length
  const missed = others.filter((r) => r.status === 'no_show').length
  return (
    <section aria-label="Customer history">
      <h3 className="font-semibold text-sm">History</h3>
      <p className="mb-2 text-[13px] text-ink-muted">
        {others.length === 0
          ? 'The first booking with this number.'
          : `${came} ${came === 1 ? 'visit' : 'visits'}, ${missed} missed.`}
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
