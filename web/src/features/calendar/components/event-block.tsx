import type { PointerEvent } from 'react'
import type { Reservation } from '@/api'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'
import { formatClock } from '../dates'

const tones: Record<Reservation['status'], string> = {
  pending: 'border-warn bg-warn-soft text-ink border-dashed',
  confirmed: 'border-accent bg-accent-soft text-ink',
  completed: 'border-line-strong bg-sunken text-ink-muted dark:bg-line',
  no_show: 'border-bad bg-bad-soft text-ink-muted line-through',
  canceled: 'border-line bg-sunken text-ink-faint line-through',
}

interface Props {
  reservation: Reservation
  zone: string
  style: { top: number; height: number; left: string; width: string; transform?: string }
  dragging: boolean
  movable: boolean
  onOpen: (byKeyboard: boolean) => void
  onGrab: (event: PointerEvent<HTMLButtonElement>) => void
}

/** One reservation in the grid. It is a button: whatever the mouse can do by dragging, its dialog can do as well. */
export function EventBlock({ reservation, zone, style, dragging, movable, onOpen, onGrab }: Props) {
  const fresh = useFresh(`calendar:${reservation.id}`)
  const { customer_name, service_name, staff_name, status, start_time, end_time } = reservation
  const time = `${formatClock(start_time, zone)} – ${formatClock(end_time, zone)}`
  return (
    <button
      type="button"
      title={`${customer_name}, ${time}`}
      data-testid="event"
      data-reservation={reservation.id}
      onClick={(event) => onOpen(event.detail === 0)}
      onPointerDown={onGrab}
      style={style}
      className={cx(
        'absolute overflow-hidden rounded-md border border-l-4 px-1.5 py-0.5 text-left text-xs leading-tight transition-shadow hover:shadow-pop focus-visible:z-10 focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-1',
        tones[status],
        movable ? 'cursor-grab' : 'cursor-pointer',
        dragging && 'z-20 cursor-grabbing opacity-70 shadow-pop',
        fresh && 'fresh',
      )}
    >
      <span className="block truncate font-medium">{customer_name}</span>
      <span className={cx('truncate tabular-nums', style.height > 30 ? 'block' : 'sr-only')}>{time}</span>
      {service_name && (
        <span className={cx('truncate text-ink-muted', style.height > 46 ? 'block' : 'sr-only')}>
          {service_name}
        </span>
      )}
      <span className="sr-only">
        {staff_name && `, with ${staff_name}`}, {status.replace('_', '-')}
      </span>
    </button>
  )
}
