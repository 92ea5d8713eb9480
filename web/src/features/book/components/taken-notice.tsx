import { Button } from 'react-aria-components'
import type { BookingPage, FreeSlot } from '@/api'
import { byDay } from '../slots'
import { bothTimes, formatDate } from '../zone'
import { IntoView } from './into-view'

interface Props {
  page: Pick<BookingPage, 'staff' | 'business'>
  nearest: FreeSlot[]
  onChoose: (slot: FreeSlot) => void
}

/** Says that somebody else was faster, and what could be had instead. */
export function TakenNotice({ page, nearest, onChoose }: Props) {
  return (
    <IntoView>
      <div role="alert" className="rounded-xl border border-line bg-warn-soft px-4 py-3">
        <p className="font-medium text-warn">Somebody else has just taken this time.</p>
        <p className="mt-1 text-[13px] text-ink-muted">
          {nearest.length === 0
            ? 'There is nothing free nearby. Choose another day; what you have typed is kept.'
            : 'These are free, and what you have typed is kept:'}
        </p>
        {byDay(nearest, page.business.timezone).map(([date, slots]) => (
          <section key={date} aria-label={formatDate(date)} className="mt-3">
            <p className="mb-1.5 font-medium text-[13px]">{formatDate(date)}</p>
            <ul className="flex flex-wrap gap-2">
              {slots.map((slot) => (
                <li key={slot.start_time} className="max-w-full">
                  <Nearest page={page} slot={slot} onChoose={() => onChoose(slot)} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </IntoView>
  )
}

interface NearestProps {
  page: Props['page']
  slot: FreeSlot
  onChoose: () => void
}

function Nearest({ page, slot, onChoose }: NearestProps) {
  const { time, own } = bothTimes(slot.start_time, page.business.timezone)
  const member = page.staff.find((s) => s.id === slot.staff)
  return (
    <Button
      onPress={onChoose}
      className="max-w-full cursor-pointer rounded-lg border border-line-strong bg-surface px-3 py-1.5 text-left font-medium text-[13px] text-ink shadow-card transition-colors [overflow-wrap:anywhere] hover:border-accent hover:bg-accent-soft"
    >
      {time}
      {member && ` · ${member.name}`}
      {own && <span className="font-normal text-ink-muted"> ({own} your time)</span>}
    </Button>
  )
}
