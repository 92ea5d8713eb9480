import { useQuery } from '@tanstack/react-query'
import { CalendarX2 } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { BookingPage, Slots } from '@/api'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useNow } from '@/lib/use-now'
import type { Wanted } from '../api/days'
import { slotsQuery } from '../api/slots'
import type { Feed } from '../feed'
import { columnsOf, moveInGrid } from '../grid-keys'
import { holidayOn } from '../holidays'
import { chairsOf, type ShownSlot, shownSlots } from '../slots'
import { bothTimes, formatDate, visitorZone, zoneName } from '../zone'

/** An appointment that is the customer's own already, and so in nobody's way. */
export interface Own {
  chair: string
  start_time: string
}

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
  const zones = new Set(slots.map((slot) => zoneName(slot.start, zone)))
  const elsewhere = slots.some((slot) => bothTimes(slot.start, zone).own !== undefined)
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
            {zones.size === 1 && `, ${[...zones][0]}`}).
            {elsewhere && ` Yours (${visitorZone().replaceAll('_', ' ')}) are below them.`}
            {zones.size > 1 && ' The clocks change on this day.'}
          </p>
          <TimeGrid slots={slots} zone={zone} own={own} pending={pending} onChoose={onChoose} />
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

interface GridProps {
  slots: ShownSlot[]
  zone: string
  own: Own | undefined
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** One stop for the Tab key; arrows lead from time to time. */
function TimeGrid({ slots, zone, own, pending, onChoose }: GridProps) {
  const list = useRef<HTMLUListElement>(null)
  const [focused, setFocused] = useState<string>()
  const reachable = slots.find((slot) => slot.start === focused) ?? slots.find((slot) => slot.free.length > 0)
  const move = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = moveInGrid(event.key, at, columnsOf(buttons), buttons.length)
    if (at < 0 || to === undefined) return
    event.preventDefault()
    buttons[to]?.focus()
  }
  return (
    <>
      <ul
        ref={list}
        aria-labelledby="times"
        className="grid grid-cols-3 gap-2 sm:grid-cols-4"
        onKeyDown={move}
        onBlur={() => setFocused(undefined)}
      >
        {slots.map((slot) => (
          <li key={slot.start}>
            <Time
              slot={slot}
              zone={zone}
              isOwn={own !== undefined && Date.parse(own.start_time) === Date.parse(slot.start)}
              isPending={pending === slot.start}
              isReachable={slot === (reachable ?? slots[0])}
              onFocus={() => setFocused(slot.start)}
              onChoose={() => pending === undefined && onChoose(slot)}
            />
          </li>
        ))}
      </ul>
      <JustTaken slot={slots.find((slot) => slot.start === focused)} zone={zone} />
    </>
  )
}

/** Tells who is at a time that somebody else has just taken it. */
function JustTaken({ slot, zone }: { slot: ShownSlot | undefined; zone: string }) {
  const [note, setNote] = useState('')
  const known = useRef<ShownSlot>(undefined)
  useEffect(() => {
    const wasFree = known.current && known.current.free.length > 0
    if (slot && known.current?.start === slot.start && wasFree && slot.free.length === 0) {
      setNote(`${bothTimes(slot.start, zone).time} has just been taken by somebody else.`)
    } else if (slot && slot.free.length > 0) setNote('')
    known.current = slot
  }, [slot, zone])
  return (
    <p role="status" data-testid="just-taken" className={cx('text-[13px] text-warn', note && 'mt-3')}>
      {note}
    </p>
  )
}

interface TimeProps {
  slot: ShownSlot
  zone: string
  isOwn: boolean
  isPending: boolean
  isReachable: boolean
  onFocus: () => void
  onChoose: () => void
}

/** A time that is taken keeps the focus, so that whoever is there can go on from it. */
function Time({ slot, zone, isOwn, isPending, isReachable, onFocus, onChoose }: TimeProps) {
  const { time, own } = bothTimes(slot.start, zone)
  const taken = slot.free.length === 0
  const state = isOwn ? 'your appointment now' : taken ? 'taken' : undefined
  return (
    <button
      type="button"
      aria-disabled={taken || isOwn}
      aria-busy={isPending}
      tabIndex={isReachable ? 0 : -1}
      onFocus={onFocus}
      onClick={() => !taken && !isOwn && onChoose()}
      data-start={slot.start}
      data-taken={taken || undefined}
      className={cx(
        'flex h-11 w-full flex-col items-center justify-center rounded-lg border font-medium text-sm leading-tight tabular-nums transition-colors duration-500 focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-2',
        isOwn && 'border-accent border-dashed bg-accent-soft text-accent',
        taken && !isOwn && 'border-line bg-sunken text-ink-faint line-through',
        !taken &&
          !isOwn &&
          'cursor-pointer border-line-strong bg-surface text-ink shadow-card hover:border-accent hover:bg-accent-soft',
        isPending && 'animate-pulse border-accent bg-accent-soft',
      )}
    >
      {time}
      {own && (
        <span className="font-normal text-[11px] text-ink-muted">
          {own}
          <span className="sr-only">your time</span>
        </span>
      )}
      {state && <span className="sr-only">{state}</span>}
    </button>
  )
}
