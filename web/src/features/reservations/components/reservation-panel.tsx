import { Link } from '@tanstack/react-router'
import { Check, CircleCheck, CircleSlash, MailCheck, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Reservation, ReservationStatus } from '@/api'
import { ReservationBadge } from '@/components/status'
import {
  Button,
  ConfirmDialog,
  Detail,
  Dialog,
  DialogBody,
  DialogFooter,
  ErrorState,
  RelativeTime,
  Skeleton,
  TextField,
  toastError,
} from '@/components/ui'
import { formatDayTime, formatMoney } from '@/lib/format'
import { useReservation } from '../api/reservation'
import { useSetStatus } from '../api/save'

interface Props {
  id: string
  everyBusiness: boolean
  onClose: () => void
  /** What other features can do with it. */
  actions?: ReactNode
}

/** One reservation, and the steps its status allows. */
export function ReservationPanel({ id, everyBusiness, onClose, actions }: Props) {
  const { data: reservation, error, refetch } = useReservation(id)
  return (
    <Dialog title={reservation?.customer_name ?? 'Reservation'} size="md" isOpen onClose={onClose}>
      {error && !reservation ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !reservation ? (
        <DialogBody>
          <Skeleton className="h-40" />
        </DialogBody>
      ) : (
        <Details reservation={reservation} everyBusiness={everyBusiness} actions={actions} />
      )}
    </Dialog>
  )
}

function Details({
  reservation,
  everyBusiness,
  actions,
}: {
  reservation: Reservation
  everyBusiness: boolean
  actions: ReactNode
}) {
  const setStatus = useSetStatus()
  const [canceling, setCanceling] = useState(false)
  const [missed, setMissed] = useState(false)
  const [reason, setReason] = useState('')
  const { status } = reservation
  const move = (to: ReservationStatus) =>
    setStatus.mutate({ reservation, status: to }, { onError: toastError })
  const isOpen = status === 'pending' || status === 'confirmed'
  return (
    <>
      <DialogBody className="flex flex-col gap-5">
        <div>
          <ReservationBadge status={status} />
        </div>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          <Detail label="Starts">{formatDayTime(reservation.start_time)}</Detail>
          <Detail label="Ends">{formatDayTime(reservation.end_time)}</Detail>
          {everyBusiness && <Detail label="Business">{reservation.business_name}</Detail>}
          {reservation.service_name && <Detail label="Service">{reservation.service_name}</Detail>}
          {reservation.staff_name && <Detail label="With">{reservation.staff_name}</Detail>}
          <Detail label="Price">
            {reservation.price ? `${formatMoney(reservation.price)} ${reservation.currency}`.trim() : '—'}
          </Detail>
          <Detail label="Phone">{reservation.customer_phone || '—'}</Detail>
          <Detail label="Email">{reservation.customer_email || '—'}</Detail>
          <Detail label="Booked">
            <RelativeTime at={reservation.created_at} />
          </Detail>
        </dl>
        {reservation.cancel_reason && (
          <p className="break-words text-[13px] text-ink-muted">Reason: {reservation.cancel_reason}</p>
        )}
        {reservation.notes && (
          <p className="rounded-xl bg-sunken px-4 py-3 whitespace-pre-wrap break-words">
            {reservation.notes}
          </p>
        )}
        <Link
          to="/deliveries"
          search={{ reservation: reservation.id }}
          className="inline-flex items-center gap-1.5 self-start text-[13px] font-medium text-accent underline-offset-2 hover:underline"
        >
          <MailCheck aria-hidden className="size-4" />
          Mails about it
        </Link>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </DialogBody>
      {isOpen && (
        <DialogFooter>
          <Button variant="secondary" onPress={() => setCanceling(true)}>
            <X aria-hidden className="size-4" />
            {status === 'pending' ? 'Decline' : 'Cancel reservation'}
          </Button>
          {status === 'pending' ? (
            <Button isPending={setStatus.isPending} onPress={() => move('confirmed')}>
              <Check aria-hidden className="size-4" />
              Confirm
            </Button>
          ) : (
            <>
              <Button variant="secondary" onPress={() => setMissed(true)}>
                <CircleSlash aria-hidden className="size-4" />
                No-show
              </Button>
              <Button isPending={setStatus.isPending} onPress={() => move('completed')}>
                <CircleCheck aria-hidden className="size-4" />
                Complete
              </Button>
            </>
          )}
        </DialogFooter>
      )}
      <ConfirmDialog
        title={`Cancel the reservation of ${reservation.customer_name}?`}
        action="Cancel it"
        danger
        isOpen={canceling}
        onClose={() => setCanceling(false)}
        onConfirm={() => setStatus.mutateAsync({ reservation, status: 'canceled', reason })}
      >
        <p className="mb-4">This cannot be undone: the customer would have to book again.</p>
        <TextField
          label="Reason, for the customer"
          value={reason}
          onChange={setReason}
          maxLength={500}
          rows={2}
        />
      </ConfirmDialog>
      <ConfirmDialog
        title={`${reservation.customer_name} did not come?`}
        action="No-show"
        isOpen={missed}
        onClose={() => setMissed(false)}
        onConfirm={() => setStatus.mutateAsync({ reservation, status: 'no_show' })}
      >
        This cannot be undone.
      </ConfirmDialog>
    </>
  )
}
