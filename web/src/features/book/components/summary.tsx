import { CalendarDays, Clock, Scissors, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { bothTimes, formatLongDay, formatMinutes, formatPrice, visitorZone } from '../zone'

export interface Chosen {
  start: string
  end: string
  zone: string
  service: string | undefined
  price: number | undefined
  currency: string
  staff: string | undefined
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-muted">
      {icon}
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </li>
  )
}

/** What is about to be booked, or was. */
export function Summary({ start, end, zone, service, price, currency, staff }: Chosen) {
  const from = bothTimes(start, zone)
  const to = bothTimes(end, zone)
  const minutes = Math.round((Date.parse(end) - Date.parse(start)) / 60_000)
  return (
    <ul className="flex flex-col gap-2.5 text-sm">
      <Line icon={<CalendarDays aria-hidden />}>
        <span className="font-medium">{formatLongDay(start, zone)}</span>
      </Line>
      <Line icon={<Clock aria-hidden />}>
        <span className="tabular-nums">
          {from.time} – {to.time}
        </span>{' '}
        <span className="text-ink-muted">({zone.replaceAll('_', ' ')})</span>
        {from.own && (
          <span className="block text-[13px] text-ink-muted tabular-nums">
            {from.own} – {to.own ?? to.time} in your time zone ({visitorZone().replaceAll('_', ' ')})
          </span>
        )}
      </Line>
      <Line icon={<Scissors aria-hidden />}>
        {service ?? 'Appointment'}, {formatMinutes(minutes)}
        {price !== undefined && service !== undefined && ` · ${formatPrice(price, currency)}`}
      </Line>
      {staff && <Line icon={<UserRound aria-hidden />}>With {staff}</Line>}
    </ul>
  )
}
