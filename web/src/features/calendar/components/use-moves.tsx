import { useState } from 'react'
import { ApiError, type FreeSlot, messageOf, type Reservation } from '@/api'
import { toast } from '@/components/ui'
import { type Change, useChange } from '../api/save'

/** A move that was refused because somebody has the time, and what is free instead. */
export interface Refused {
  reservation: Reservation
  nearest: FreeSlot[]
}

/** Says in words why a change was not made. */
export function explain(error: unknown): string {
  if (error instanceof ApiError && error.code === 'stale_version' && error.current) {
    const { current } = error
    const by = current.updated_by || 'Somebody else'
    return `${by.charAt(0).toUpperCase()}${by.slice(1)} changed this a moment ago. It is shown as it is now: ${current.status.replace('_', '-')}.`
  }
  return messageOf(error)
}

/** Whether a free slot is only where the reservation is already. */
const isPlaceOf = (slot: FreeSlot, { start_time, staff }: Reservation): boolean =>
  Date.parse(slot.start_time) === Date.parse(start_time) && (slot.staff ?? null) === staff

/** Changes that are made at once, told of, and undone where that can be. */
export function useMoves() {
  const change = useChange()
  const [refused, setRefused] = useState<Refused>()

  const apply = async (
    reservation: Reservation,
    to: Change,
    done: string,
  ): Promise<Reservation | undefined> => {
    try {
      const changed = await change.mutateAsync({ reservation, change: to })
      toast.success(done)
      return changed
    } catch (error) {
      fail(reservation, error)
      return undefined
    }
  }
  const fail = (reservation: Reservation, error: unknown) => {
    if (error instanceof ApiError && error.code === 'slot_taken')
      setRefused({ reservation, nearest: error.nearest.filter((slot) => !isPlaceOf(slot, reservation)) })
    else toast.error(explain(error))
  }

  /** Moves a reservation, and offers to move it back. */
  const move = async (reservation: Reservation, to: Pick<Change, 'start_time' | 'staff'>) => {
    try {
      const moved = await change.mutateAsync({ reservation, change: to })
      toast.success(`${moved.customer_name} was moved.`, {
        action: {
          label: 'Undo',
          onClick: () =>
            void apply(
              moved,
              {
                start_time: reservation.start_time,
                end_time: reservation.end_time,
                staff: reservation.staff,
              },
              'It is back where it was.',
            ),
        },
      })
    } catch (error) {
      fail(reservation, error)
    }
  }
  return { apply, move, refused, forget: () => setRefused(undefined), isPending: change.isPending }
}
