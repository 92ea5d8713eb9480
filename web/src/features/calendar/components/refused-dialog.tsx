import type { FreeSlot, Staff } from '@/api'
import { Button, Dialog, DialogBody } from '@/components/ui'
import { formatClock, formatIn } from '../dates'

interface Props {
  title: string
  nearest: FreeSlot[]
  zone: string
  staff: Staff[]
  onChoose: (slot: FreeSlot) => void
  onClose: () => void
}

/** The time is taken; these are free nearby. */
export function RefusedDialog({ title, nearest, zone, staff, onChoose, onClose }: Props) {
  return (
    <Dialog title={title} description="Somebody else has this time." isOpen onClose={onClose}>
      <DialogBody>
        {nearest.length === 0 ? (
          <p className="text-ink-muted">Nothing is free nearby. Choose another day.</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {nearest.map((slot) => (
              <li key={slot.start_time}>
                <Button variant="secondary" className="w-full" onPress={() => onChoose(slot)}>
                  {formatIn(slot.start_time, zone, { weekday: 'short', day: 'numeric', month: 'short' })},{' '}
                  {formatClock(slot.start_time, zone)}
                  {slot.staff && ` · ${staff.find((s) => s.id === slot.staff)?.name ?? ''}`}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </DialogBody>
    </Dialog>
  )
}
