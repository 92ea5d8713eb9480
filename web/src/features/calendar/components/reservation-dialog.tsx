import { Link } from '@tanstack/react-router'
import { Check, CircleCheck, CircleSlash, MailCheck, X } from 'lucide-react'
import { useState } from 'react'
import type { Reservation, Staff } from '@/api'
import { ReservationBadge } from '@/components/status'
import {
  Button,
  ConfirmDialog,
  Detail,
  Dialog,
  DialogBody,
  DialogFooter,
  Select,
  TextField,
} from '@/components/ui'
import type { Change } from '../api/save'
import { formatClock, formatIn, instantAt, wallClock } from '../dates'
import { clockOf } from '../scale'
import { CustomerHistory } from './customer-history'

interface Props {
  reservation: Reservation
  zone: string
  staff: Staff[]
  onClose: () => void
  onApply: (change: Change, done: string) => Promise<unknown>
  onMove: (to: Pick<Change, 'start_time' | 'staff'>) => Promise<unknown>
  isPending: boolean
  /** Asks at once whether to decline. */
  declining: boolean
}

/** One reservation: what its status allows, another time by a form, and what is known of the customer. */
export function ReservationDialog(props: Props) {
  const { reservation, zone, staff, onClose, onApply, onMove, isPending, declining } = props
  const [canceling, setCanceling] = useState(declining)
  const [missed, setMissed] = useState(false)
  const [reason, setReason] = useState('')
  const { status, customer_name } = reservation
  const active = status === 'pending' || status === 'confirmed'
  return (
    <Dialog title={customer_name} size="md" isOpen onClose={onClose}>
      <DialogBody className="flex flex-col gap-5">
        <div className="flex flex-wrap items-center gap-2">
          <ReservationBadge status={status} />
          {reservation.updated_by && (
            <span className="text-[13px] text-ink-muted">Last changed by {reservation.updated_by}</span>
          )}
        </div>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          <Detail label="When">
            {formatIn(reservation.start_time, zone, { weekday: 'short', day: 'numeric', month: 'short' })},{' '}
            {formatClock(reservation.start_time, zone)} – {formatClock(reservation.end_time, zone)}
          </Detail>
          <Detail label="Service">{reservation.service_name || '—'}</Detail>
          <Detail label="With">{reservation.staff_name || '—'}</Detail>
          <Detail label="Price">
            {reservation.price ? `${reservation.price.toFixed(2)} ${reservation.currency}` : '—'}
          </Detail>
          <Detail label="Phone">
            {reservation.customer_phone ? (
              <a className="underline-offset-2 hover:underline" href={`tel:${reservation.customer_phone}`}>
                {reservation.customer_phone}
              </a>
            ) : (
              '—'
            )}
          </Detail>
          <Detail label="Email">{reservation.customer_email || '—'}</Detail>
        </dl>
        {reservation.notes && (
          <p className="whitespace-pre-wrap break-words rounded-xl bg-sunken px-4 py-3">
            {reservation.notes}
          </p>
        )}
        {reservation.cancel_reason && (
          <p className="break-words text-[13px] text-ink-muted">Reason: {reservation.cancel_reason}</p>
        )}
        {active && (
          <MoveForm
            key={reservation.version}
            reservation={reservation}
            zone={zone}
            staff={staff}
            onMove={onMove}
          />
        )}
        <CustomerHistory reservation={reservation} zone={zone} />
        <Link
          to="/deliveries"
          search={{ reservation: reservation.id }}
          className="inline-flex items-center gap-1.5 self-start text-[13px] font-medium text-accent underline-offset-2 hover:underline"
        >
          <MailCheck aria-hidden className="size-4" />
          Mails about it
        </Link>
      </DialogBody>
      {active && (
        <DialogFooter>
          <Button variant="secondary" onPress={() => setCanceling(true)}>
            <X aria-hidden className="size-4" />
            {status === 'pending' ? 'Decline' : 'Cancel'}
          </Button>
          {status === 'pending' ? (
            <Button
              isPending={isPending}
              onPress={() => void onApply({ status: 'confirmed' }, `${customer_name} is confirmed.`)}
            >
              <Check aria-hidden className="size-4" />
              Confirm
            </Button>
          ) : (
            <>
              <Button variant="secondary" onPress={() => setMissed(true)}>
                <CircleSlash aria-hidden className="size-4" />
                No-show
              </Button>
              <Button
                isPending={isPending}
                onPress={() => void onApply({ status: 'completed' }, `${customer_name} is done.`)}
              >
                <CircleCheck aria-hidden className="size-4" />
                Complete
              </Button>
            </>
          )}
        </DialogFooter>
      )}
      <ConfirmDialog
        title={
          status === 'pending' ? `Decline ${customer_name}?` : `Cancel the appointment of ${customer_name}?`
        }
        action={status === 'pending' ? 'Decline' : 'Cancel it'}
        danger
        isOpen={canceling}
        onClose={() => setCanceling(false)}
        onConfirm={() =>
          onApply({ status: 'canceled', cancel_reason: reason }, `${customer_name} was canceled.`)
        }
      >
        <p className="mb-4">This cannot be undone: the time is given to others at once.</p>
        <TextField
          label="Reason, for the customer"
          value={reason}
          onChange={setReason}
          maxLength={500}
          rows={2}
        />
      </ConfirmDialog>
      <ConfirmDialog
        title={`${customer_name} did not come?`}
        action="No-show"
        isOpen={missed}
        onClose={() => setMissed(false)}
        onConfirm={() => onApply({ status: 'no_show' }, `${customer_name} is a no-show.`)}
      >
        This cannot be undone. The rest of the time can be booked again.
      </ConfirmDialog>
    </Dialog>
  )
}

const NOBODY = 'nobody'

interface MoveProps {
  reservation: Reservation
  zone: string
  staff: Staff[]
  onMove: (to: Pick<Change, 'start_time' | 'staff'>) => Promise<unknown>
}

/** What dragging does, by a form. */
function MoveForm({ reservation, zone, staff, onMove }: MoveProps) {
  const was = wallClock(Date.parse(reservation.start_time), zone)
  const [date, setDate] = useState(was.date)
  const [clock, setClock] = useState(clockOf(was.minutes))
  const [member, setMember] = useState(reservation.staff ?? NOBODY)
  const [pending, setPending] = useState(false)
  const members = staff.filter((s) => s.is_active || s.id === reservation.staff)
  const unchanged =
    date === was.date && clock === clockOf(was.minutes) && member === (reservation.staff ?? NOBODY)
  const submit = async () => {
    setPending(true)
    await onMove({
      start_time: new Date(instantAt(date, clock, zone)).toISOString(),
      ...(member === NOBODY || member === reservation.staff ? {} : { staff: member }),
    })
    setPending(false)
  }
  return (
    <form
      aria-label="Move"
      className="grid grid-cols-2 items-end gap-3 rounded-xl border border-line p-4 sm:grid-cols-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (date && clock) void submit()
      }}
    >
      <TextField label="Day" type="date" value={date} onChange={setDate} />
      <TextField label="Time" type="time" value={clock} onChange={setClock} />
      {members.length > 0 && (
        <Select
          label="With"
          value={member}
          onChange={setMember}
          options={[
            ...(reservation.staff ? [] : [{ value: NOBODY, label: '—' }]),
            ...members.map((s) => ({ value: s.id, label: s.name })),
          ]}
        />
      )}
      <Button
        type="submit"
        variant="secondary"
        className="sm:col-start-3"
        isDisabled={unchanged || !date || !clock}
        isPending={pending}
      >
        Move
      </Button>
    </form>
  )
}
