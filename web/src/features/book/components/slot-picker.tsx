import type { BookingPage } from '@/api'
import { Card } from '@/components/ui'
import type { Wanted } from '../api/days'
import type { Feed } from '../feed'
import type { ShownSlot } from '../slots'
import { DayPicker } from './day-picker'
import { Times } from './times'

interface Props {
  page: BookingPage
  wanted: Wanted
  date: string | undefined
  onDate: (date: string) => void
  feed: Feed | undefined
  /** Time that is the customer's own already, and so in nobody's way. */
  own?: { chair: string; start_time: string } | undefined
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** A day, and a time on it. */
export function SlotPicker({ page, wanted, date, onDate, feed, own, pending, onChoose }: Props) {
  return (
    <Card className="grid gap-6 p-4 sm:p-5 md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <DayPicker page={page} wanted={wanted} value={date} onChange={onDate} />
      <div className="min-w-0">
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
