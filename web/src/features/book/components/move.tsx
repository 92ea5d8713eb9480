import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, type Appointment, type FreeSlot } from '@/api'
import { ConfirmDialog, ErrorState, Skeleton, toast } from '@/components/ui'
import { useReschedule } from '../api/appointment'
import { bookingPageQuery } from '../api/page'
import { useFeed } from '../use-feed'
import { bothTimes, dateIn, formatLongDay } from '../zone'
import { StaffChoice, StepTitle } from './choices'
import { SlotPicker } from './slot-picker'
import { TakenNotice } from './taken-notice'

interface Target {
  start: string
  staff: string | undefined
}

interface Props {
  appointment: Appointment
  onMoved: (token: string) => void
}

/**
 * Another time for an appointment. Nothing is held for it: the appointment's own time may be part of the new one,
 * and is not given up before that is certain.
 */
export function Move({ appointment, onMoved }: Props) {
  const { reservation, business } = appointment
  const { data: page, error, refetch } = useQuery(bookingPageQuery(business.subdomain))
  const feed = useFeed(page)
  const [date, setDate] = useState<string>()
  const [chosen, setChosen] = useState<string>()
  const [nearest, setNearest] = useState<FreeSlot[]>()
  const [target, setTarget] = useState<Target>()
  if (error && !page) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!page) return <Skeleton className="h-64" />
  // Also one that is not offered any more: this appointment is of it.
  const service = reservation.service ?? undefined
  const staff = page.staff.filter((s) => !service || s.services.length === 0 || s.services.includes(service))
  const member = staff.find((s) => s.id === (chosen ?? reservation.staff))
  const wanted = { service, staff: member?.id }
  // Where anybody will do, it stays with the same person if that one is free.
  const stays = staff.some((s) => s.id === reservation.staff)
  return (
    <section aria-labelledby="move">
      <StepTitle id="move" takesFocus>
        Move it to
      </StepTitle>
      {nearest && (
        <TakenNotice
          page={page}
          nearest={nearest}
          onChoose={(slot) => setTarget({ start: slot.start_time, staff: slot.staff ?? undefined })}
        />
      )}
      {staff.length > 1 && (
        <div className="mb-6">
          <StaffChoice staff={staff} value={member?.id} onChange={(id) => setChosen(id ?? '')} />
        </div>
      )}
      <SlotPicker
        page={page}
        wanted={wanted}
        date={date}
        onDate={setDate}
        feed={feed}
        own={{ chair: reservation.staff ?? business.id, start_time: reservation.start_time }}
        pending={undefined}
        onChoose={(slot) =>
          setTarget({ start: slot.start, staff: member?.id ?? (stays ? undefined : slot.free[0]) })
        }
      />
      <ConfirmMove
        appointment={appointment}
        target={target}
        onClose={() => setTarget(undefined)}
        onMoved={onMoved}
        onTaken={(near) => {
          setNearest(near)
          setDate(target && dateIn(target.start, business.timezone))
        }}
      />
    </section>
  )
}

interface ConfirmProps extends Props {
  target: Target | undefined
  onClose: () => void
  onTaken: (nearest: FreeSlot[]) => void
}

function ConfirmMove({ appointment, target, onClose, onMoved, onTaken }: ConfirmProps) {
  const { reservation, business, token } = appointment
  const reschedule = useReschedule(token)
  const move = async () => {
    if (!target) return
    try {
      // A business without staff is its own chair, and nobody's name.
      const staff = target.staff === business.id ? undefined : target.staff
      const moved = await reschedule.mutateAsync({ start: target.start, staff })
      toast.success('Your appointment was moved.')
      onMoved(moved.token)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'slot_taken') throw error
      onTaken(error.nearest)
    }
  }
  return (
    <ConfirmDialog
      title="Move your appointment?"
      action="Move it"
      dismiss="Leave it"
      isOpen={target !== undefined}
      onClose={onClose}
      onConfirm={move}
    >
      {target && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
          <dt>From</dt>
          <dd className="line-through">{inWords(reservation.start_time, business.timezone)}</dd>
          <dt>To</dt>
          <dd className="font-medium text-ink">{inWords(target.start, business.timezone)}</dd>
        </dl>
      )}
    </ConfirmDialog>
  )
}

function inWords(instant: string, zone: string): string {
  const { time, own } = bothTimes(instant, zone)
  return `${formatLongDay(instant, zone)}, ${time}${own ? ` (${own} your time)` : ''}`
}
