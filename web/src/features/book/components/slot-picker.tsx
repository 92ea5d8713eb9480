import { useRef } from 'react'
import type { BookingPage } from '@/api'
import { Card } from '@/components/ui'
import type { Wanted } from '../api/days'
import type { Feed } from '../feed'
import type { ShownSlot } from '../slots'
import { DayPicker } from './day-picker'
import type { Own } from './time-grid'
import { Times } from './times'

interface Props {
  page: BookingPage
  wanted: Wanted
  date: string | undefined
  onDate: (date: string) => void
  feed: Feed | undefined
  own?: Own | undefined
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** A day, and a time on it. */
export function SlotPicker({ page, wanted, date, onDate, feed, own, pending, onChoose }: Props) {
  const times = useRef<HTMLDivElement>(null)
  const chooseDate = (chosen: string) => {
    onDate(chosen)
    // On a phone the times are below the fold.
    requestAnimationFrame(() => times.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }))
  }
  return (
    <Card className="grid gap-6 p-4 sm:p-5 md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <DayPicker page={page} wanted={wanted} value={date} onChange={chooseDate} />
      <div ref={times} className="min-h-40 min-w-0 scroll-mb-4">
        {date ? (
          <Times
            page={page}
            wanted={wanted}
            date={date}
            feed={feed}
            own={own}
            pending={pending}
            onChoose={onChoose}
          />
        ) : (
          <p className="py-8 text-center text-[13px] text-ink-muted">Choose a day to see its times.</p>
        )}
      </div>
    </Card>
  )
}
