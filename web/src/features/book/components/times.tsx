import { useQuery } from '@tanstack/react-query'
import { CalendarX2 } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components'
import type { BookingPage } from '@/api'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import type { Wanted } from '../api/days'
import { slotsQuery } from '../api/slots'
import type { Feed } from '../feed'
import { type ShownSlot, shownSlots } from '../slots'
import { bothTimes, formatLongDay, visitorZone, zoneName } from '../zone'

interface Props {
  page: BookingPage
  wanted: Wanted
  date: string
  feed: Feed | undefined
  own: { chair: string; start_time: string } | undefined
  /** The start that is being held. */
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** The times of one day. What somebody else takes greys out, and what is given back comes back. */
export function Times({ page, wanted, date, feed, own, pending, onChoose }: Props) {
  const { data, error, isPending, refetch } = useQuery(
    slotsQuery(page.business.subdomain, wanted, date, feed),
  )
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (isPending || !data) {
    return (
      <div className="grid grid-cols-3 gap-2 sm:grid-cols-4">
        {Array.from({ length: 12 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <Skeleton key={i} className="h-11" />
        ))}
      </div>
    )
  }
  const zone = data.timezone
  const chairs = page.staff.length > 0 ? page.staff.map((s) => s.id) : [page.business.id]
  const slots = shownSlots(data, chairs, own)
  const free = slots.filter((slot) => slot.free.length > 0).length
  const first = slots[0]?.start ?? `${date}T12:00:00Z`
  const zones = new Set(slots.map((slot) => zoneName(slot.start, zone)))
  const elsewhere = slots.some((slot) => bothTimes(slot.start, zone).own !== undefined)
  return (
    <div>
      <p className="mb-1 font-medium text-sm">{formatLongDay(first, zone)}</p>
      <p className="mb-3 text-[13px] text-ink-muted">
        Times are those of {page.business.name} ({zone.replaceAll('_', ' ')}
        {zones.size === 1 && `, ${[...zones][0]}`}).
        {elsewhere && ` Yours (${visitorZone().replaceAll('_', ' ')}) are below them.`}
      </p>
      <p className="sr-only" role="status">
        {free === 0 ? 'No time is free on this day.' : `${free} times are free on this day.`}
      </p>
      {slots.length === 0 ? (
        <EmptyState icon={<CalendarX2 />} title="Nothing on this day">
          Choose another day.
        </EmptyState>
      ) : (
        <ul className="grid grid-cols-3 gap-2 sm:grid-cols-4">
          {slots.map((slot) => (
            <li key={slot.start}>
              <Time
                slot={slot}
                zone={zone}
                withZone={zones.size > 1}
                isPending={pending === slot.start}
                onChoose={() => onChoose(slot)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface TimeProps {
  slot: ShownSlot
  zone: string
  withZone: boolean
  isPending: boolean
  onChoose: () => void
}

function Time({ slot, zone, withZone, isPending, onChoose }: TimeProps) {
  const { time, own } = bothTimes(slot.start, zone)
  const taken = slot.free.length === 0
  const name = withZone ? `${time} ${zoneName(slot.start, zone)}` : time
  return (
    <AriaButton
      isDisabled={taken}
      isPending={isPending}
      onPress={onChoose}
      aria-label={taken ? `${name}, taken` : own ? `${name}, ${own} your time` : name}
      data-start={slot.start}
      data-taken={taken || undefined}
      className={cx(
        'flex h-11 w-full flex-col items-center justify-center rounded-lg border font-medium text-sm leading-tight tabular-nums transition-colors duration-500 focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-2',
        taken
          ? 'border-line bg-sunken text-ink-faint line-through'
          : 'cursor-pointer border-line-strong bg-surface text-ink shadow-card hover:border-accent hover:bg-accent-soft pending:opacity-60',
      )}
    >
      {name}
      {own && <span className="font-normal text-[11px] text-ink-muted">{own}</span>}
    </AriaButton>
  )
}
