import { useState } from 'react'
import type { Appointment } from '@/api'
import { ConfirmDialog, TextField, toast } from '@/components/ui'
import { useCancelAppointment } from '../api/appointment'
import { formatLongDay, formatTime } from '../zone'

interface Props {
  appointment: Appointment
  isOpen: boolean
  onClose: () => void
  onToken: (token: string) => void
}

/** Asks before an appointment is given up, and why. */
export function CancelDialog({ appointment, isOpen, onClose, onToken }: Props) {
  const [reason, setReason] = useState('')
  const cancel = useCancelAppointment(appointment.token)
  const { business, reservation } = appointment
  const confirm = async () => {
    const canceled = await cancel.mutateAsync(reason)
    toast.success('Your appointment is canceled.')
    onToken(canceled.token)
  }
  return (
    <ConfirmDialog
      title="Cancel this appointment?"
      action="Cancel appointment"
      dismiss="Keep it"
      danger
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p className="mb-4">
        {formatLongDay(reservation.start_time, business.timezone)},{' '}
        {formatTime(reservation.start_time, business.timezone)} at {business.name}. The time is given to
        others at once.
      </p>
      <TextField label="Why? (if you like)" value={reason} onChange={setReason} maxLength={500} rows={2} />
    </ConfirmDialog>
  )
}
