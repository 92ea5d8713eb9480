import type { BookingPage, FreeSlot } from '@/api'
import { Button } from '@/components/ui'
import { formatLongDay, formatTime } from '../zone'

interface Props {
  page: Pick<BookingPage, 'staff' | 'business'>
  nearest: FreeSlot[]
  onChoose: (slot: FreeSlot) => void
}

/** Says that somebody else was faster, and what could be had instead. */
export function TakenNotice({ page, nearest, onChoose }: Props) {
  const zone = page.business.timezone
  const nameOf = (id: string | null) => page.staff.find((s) => s.id === id)?.name
  return (
    <div role="alert" className="mb-5 rounded-xl border border-line bg-warn-soft px-4 py-3">
      <p className="font-medium text-warn">Somebody else has just taken this time.</p>
      {nearest.length === 0 ? (
        <p className="mt-1 text-[13px] text-ink-muted">There is nothing free nearby. Choose another day.</p>
      ) : (
        <>
          <p className="mt-1 mb-2 text-[13px] text-ink-muted">
            These are free, and what you have typed is kept:
          </p>
          <ul className="flex flex-wrap gap-2">
            {nearest.map((slot) => (
              <li key={slot.start_time}>
                <Button variant="secondary" size="sm" onPress={() => onChoose(slot)}>
                  {formatLongDay(slot.start_time, zone)}, {formatTime(slot.start_time, zone)}
                  {nameOf(slot.staff) && ` · ${nameOf(slot.staff)}`}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
