import { useState } from 'react'
import { ApiError, type FreeSlot, messageOf, type Service, type Staff } from '@/api'
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  FormError,
  Select,
  TextField,
  toast,
} from '@/components/ui'
import { useWalkin } from '../api/save'
import { formatClock, formatIn, snap } from '../dates'

export interface WalkinAt {
  /** Undefined for now. */
  start: number | undefined
  staff: string | undefined
}

interface Props {
  at: WalkinAt
  business: string | undefined
  zone: string
  services: Service[]
  staff: Staff[]
  onClose: () => void
}

const NOBODY = 'anybody'
const NO_SERVICE = 'none'

/** Books whoever is at the door: with nothing but a press of Book, for now and with whoever is free first. */
export function WalkinDialog({ at, business, zone, services, staff, onClose }: Props) {
  const book = useWalkin()
  const active = services.filter((s) => s.is_active)
  const members = staff.filter((s) => s.is_active)
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [chosen, setService] = useState<string>()
  const service = chosen ?? active[0]?.id ?? NO_SERVICE
  const [member, setMember] = useState(at.staff ?? NOBODY)
  const [nearest, setNearest] = useState<FreeSlot[]>()
  const start = at.start ?? snap(Date.now() + 150_000, 5)

  const submit = async (from = start, who = member) => {
    try {
      const booked = await book.mutateAsync({
        business,
        service: service === NO_SERVICE ? undefined : service,
        staff: who === NOBODY ? undefined : who,
        start_time: new Date(from).toISOString(),
        customer_name: name.trim() || 'Walk-in',
        customer_phone: phone,
      })
      toast.success(
        `Booked for ${formatClock(booked.start_time, zone)}${booked.staff_name ? ` with ${booked.staff_name}` : ''}.`,
      )
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'slot_taken') setNearest(error.nearest)
    }
  }
  return (
    <Dialog
      title="Walk-in"
      description={
        at.start === undefined
          ? `Now, ${formatClock(start, zone)}`
          : formatIn(start, zone, {
              weekday: 'long',
              day: 'numeric',
              month: 'long',
              hour: 'numeric',
              minute: '2-digit',
            })
      }
      isOpen
      onClose={onClose}
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <DialogBody className="grid gap-4 sm:grid-cols-2">
          <div className="empty:hidden sm:col-span-2">
            {nearest ? (
              <Nearest
                nearest={nearest}
                zone={zone}
                staff={staff}
                onChoose={(slot) => void submit(Date.parse(slot.start_time), slot.staff ?? NOBODY)}
              />
            ) : (
              <FormError message={book.error ? messageOf(book.error) : undefined} />
            )}
          </div>
          {active.length > 0 && (
            <Select
              label="Service"
              value={service}
              onChange={setService}
              options={active.map((s) => ({
                value: s.id,
                label: s.name,
                detail: `${s.duration_minutes} min`,
              }))}
            />
          )}
          {members.length > 0 && (
            <Select
              label="With"
              value={member}
              onChange={setMember}
              options={[
                { value: NOBODY, label: 'Whoever is free' },
                ...members.map((s) => ({ value: s.id, label: s.name })),
              ]}
            />
          )}
          <TextField
            label="Name"
            placeholder="Walk-in"
            value={name}
            onChange={setName}
            maxLength={200}
            autoComplete="off"
          />
          <TextField
            label="Phone"
            type="tel"
            value={phone}
            onChange={setPhone}
            maxLength={40}
            autoComplete="off"
          />
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={onClose}>
            Cancel
          </Button>
          <Button type="submit" isPending={book.isPending} autoFocus>
            Book
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

interface NearestProps {
  nearest: FreeSlot[]
  zone: string
  staff: Staff[]
  onChoose: (slot: FreeSlot) => void
}

function Nearest({ nearest, zone, staff, onChoose }: NearestProps) {
  return (
    <div role="alert" className="rounded-xl bg-warn-soft px-4 py-3">
      <p className="mb-2 font-medium text-warn">
        {nearest.length === 0
          ? 'Nobody is free, and nothing nearby is.'
          : 'Nobody is free then. These times are:'}
      </p>
      <div className="flex flex-wrap gap-2">
        {nearest.map((slot) => (
          <Button key={slot.start_time} size="sm" variant="secondary" onPress={() => onChoose(slot)}>
            {formatIn(slot.start_time, zone, { weekday: 'short' })} {formatClock(slot.start_time, zone)}
            {slot.staff && ` · ${staff.find((s) => s.id === slot.staff)?.name ?? ''}`}
          </Button>
        ))}
      </div>
    </div>
  )
}
