import { useQuery } from '@tanstack/react-query'
import { CalendarX2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { BookingPage, Slots } from '@/api'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui'
import { useNow } from '@/lib/use-now'
import type { Wanted } from '../api/days'
import { slotsQuery } from '../api/slots'
import type { Feed } from '../feed'
import { holidayOn } from '../holidays'
import { chairsOf, type ShownSlot, shownSlots } from '../slots'
import { bothTimes, formatDate, visitorZone, zoneName } from '../zone'
import { type Own, TimeGrid } from './time-grid'

interface Props {
  page: BookingPage
  wanted: Wanted
  date: string
  feed: Feed | undefined
  own?: Own | undefined
  /** The start that is being held. */
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** The times of one day. */
export function Times(props: Props) {
  const { page, wanted, date, feed } = props
  const { data, error, refetch } = useQuery(slotsQuery(page.business.subdomain, wanted, date, feed))
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) {
    return (
      <div aria-busy className="grid grid-cols-3 gap-2 sm:grid-cols-4">
        {Array.from({ length: 12 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <Skeleton key={i} className="h-11" />
        ))}
      </div>
    )
  }
  return <Day key={`${date} ${wanted.service} ${wanted.staff}`} {...props} day={data} />
}

/** What somebody else takes greys out, and what is given back comes back. */
function Day({ page, date, day, own, pending, onChoose }: Props & { day: Slots }) {
  const zone = day.timezone
  const earliest = useNow() + page.lead_minutes * 60_000
  const slots = shownSlots(day, chairsOf(page), own).filter((slot) => Date.parse(slot.start) >= earliest)
  const free = slots.filter((slot) => slot.free.length > 0).length
  // Said once: a day that changes every second would not stop talking.
  const [atFirst] = useState(free)
  // Times are dear to write, and a day changes all the time; but not its starts.
  const labels = useMemo(
    () => new Map(day.slots.map(({ start_time }) => [start_time, bothTimes(start_time, zone)])),
    [day.slots, zone],
  )
  const zones = useMemo(
    () => new Set(day.slots.map(({ start_time }) => zoneName(start_time, zone))),
    [day.slots, zone],
  )
  const [name] = zones
  const elsewhere = [...labels.values()].some((label) => label.own !== undefined)
  return (
    <div>
      <h3 id="times" className="mb-1 font-medium text-sm">
        {formatDate(date)}
      </h3>
      <p className="sr-only" role="status">
        {atFirst === 0
          ? `No time is free on ${formatDate(date)}.`
          : `${atFirst === 1 ? 'One time is' : `${atFirst} times are`} free on ${formatDate(date)}.`}
      </p>
      {slots.length === 0 ? (
        <NoTimes page={page} date={date} />
      ) : (
        <>
          <p className="mb-3 text-[13px] text-ink-muted [overflow-wrap:anywhere]">
            Times are those of {page.business.name} ({zone.replaceAll('_', ' ')}
            {zones.size === 1 && name !== zone && `, ${name}`}).
            {elsewhere && ` Yours (${visitorZone().replaceAll('_', ' ')}) are below them.`}
            {zones.size > 1 && ' The clocks change on this day.'}
          </p>
          <TimeGrid slots={slots} labels={labels} own={own} pending={pending} onChoose={onChoose} />
          {free === 0 && (
            <p className="mt-3 text-[13px] text-ink-muted">
              Everything is taken. What somebody gives back appears here by itself.
            </p>
          )}
        </>
      )}
    </div>
  )
}

function NoTimes({ page, date }: { page: BookingPage; date: string }) {
  const holiday = holidayOn(page.holidays, date)
  return (
    <EmptyState icon={<CalendarX2 />} title={holiday ? 'Closed on this day' : 'Nothing on this day'}>
      {holiday?.note ? `${holiday.note}. Choose another day.` : 'Choose another day.'}
    </EmptyState>
  )
}
