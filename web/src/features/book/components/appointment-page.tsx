import { useQuery } from '@tanstack/react-query'
import { CalendarPlus, CheckCircle2, CircleSlash, Clock3, Copy, LinkIcon } from 'lucide-react'
import { useState } from 'react'
import { ApiError, type Appointment, type FreeSlot, messageOf } from '@/api'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  buttonClass,
  Card,
  ConfirmDialog,
  EmptyState,
  ErrorState,
  FormError,
  LinkButton,
  Skeleton,
  TextField,
  toast,
} from '@/components/ui'
import { appointmentQuery, calendarFile, useCancelAppointment, useReschedule } from '../api/appointment'
import { bookingPageQuery } from '../api/page'
import { useFeed } from '../use-feed'
import { formatLongDay, formatTime } from '../zone'
import { BrandFrame } from './brand-frame'
import { StepTitle } from './choices'
import { SlotPicker } from './slot-picker'
import { Summary } from './summary'
import { TakenNotice } from './taken-notice'

interface Props {
  token: string
  /** Every change makes another link, which takes the place of this one. */
  onToken: (token: string) => void
}

/** The customer's own appointment, by their link: no account is needed. */
export function AppointmentPage({ token, onToken }: Props) {
  const { data, error, refetch } = useQuery(appointmentQuery(token))
  if (error && !data) return <NoAppointment error={error} onRetry={() => void refetch()} />
  if (!data) {
    return (
      <main aria-busy className="mx-auto flex w-full max-w-5xl flex-col gap-4 px-4 py-10 sm:px-6">
        <Skeleton className="h-10 w-64" />
        <Skeleton className="h-48" />
      </main>
    )
  }
  return (
    <BrandFrame business={data.business}>
      <PageTitle>{`Your appointment at ${data.business.name}`}</PageTitle>
      <Own appointment={data} onToken={onToken} />
    </BrandFrame>
  )
}

function NoAppointment({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const code = error instanceof ApiError ? error.code : ''
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <PageTitle>Your appointment</PageTitle>
      {code === 'stale_link' ? (
        <EmptyState icon={<LinkIcon />} title="This link is out of date">
          The appointment was changed since the link was made. Use the newest link you have, or call the
          business.
        </EmptyState>
      ) : code === 'not_found' ? (
        <EmptyState icon={<LinkIcon />} title="This link is not valid">
          Check that it was copied whole.
        </EmptyState>
      ) : (
        <ErrorState error={error} onRetry={onRetry} />
      )}
    </main>
  )
}

const states = {
  pending: { icon: <Clock3 aria-hidden />, title: 'Asked for', tone: 'text-warn' },
  confirmed: { icon: <CheckCircle2 aria-hidden />, title: 'Confirmed', tone: 'text-good' },
  completed: { icon: <CheckCircle2 aria-hidden />, title: 'Completed', tone: 'text-ink-muted' },
  no_show: { icon: <CircleSlash aria-hidden />, title: 'Missed', tone: 'text-ink-muted' },
  canceled: { icon: <CircleSlash aria-hidden />, title: 'Canceled', tone: 'text-ink-muted' },
} as const

function Own({ appointment, onToken }: { appointment: Appointment; onToken: (token: string) => void }) {
  const { reservation, business, may_change, token } = appointment
  const [moving, setMoving] = useState(false)
  const [canceling, setCanceling] = useState(false)
  const state = states[reservation.status]
  const active = reservation.status === 'pending' || reservation.status === 'confirmed'
  return (
    <div className="flex flex-col gap-6">
      <div role="status">
        <p className={`flex items-center gap-2 font-medium [&_svg]:size-5 ${state.tone}`}>
          {state.icon}
          {state.title}
        </p>
        <h1 className="mt-1 font-semibold text-2xl tracking-tight [overflow-wrap:anywhere]">
          {reservation.customer_name}, {active ? 'see you soon' : 'your appointment'}
        </h1>
        {reservation.status === 'pending' && (
          <p className="mt-1 text-ink-muted">
            {business.name} has your wish and confirms it. The time is kept for you meanwhile.
          </p>
        )}
        {reservation.cancel_reason && (
          <p className="mt-1 text-ink-muted">Reason: {reservation.cancel_reason}</p>
        )}
      </div>
      <Card className="p-4 sm:p-5">
        <Summary
          start={reservation.start_time}
          end={reservation.end_time}
          zone={business.timezone}
          service={reservation.service_name || undefined}
          price={reservation.price}
          currency={reservation.currency}
          staff={reservation.staff_name || undefined}
        />
        {active && (
          <div className="mt-5 flex flex-wrap gap-2 border-line border-t pt-4">
            <a
              href={calendarFile(token)}
              download="appointment.ics"
              className={buttonClass('secondary', 'sm')}
            >
              <CalendarPlus aria-hidden className="size-4" /> Add to calendar
            </a>
            <CopyLink />
            {may_change && (
              <>
                <Button
                  variant="secondary"
                  size="sm"
                  onPress={() => setMoving((on) => !on)}
                  aria-expanded={moving}
                >
                  Move it
                </Button>
                <Button variant="quiet" size="sm" onPress={() => setCanceling(true)}>
                  Cancel it
                </Button>
              </>
            )}
          </div>
        )}
      </Card>
      {active && <Until appointment={appointment} />}
      {moving && (
        <Move
          appointment={appointment}
          onMoved={(next) => {
            setMoving(false)
            onToken(next)
          }}
        />
      )}
      {!active && (
        <LinkButton to="/book/$subdomain" params={{ subdomain: business.subdomain }} className="self-start">
          Book another appointment
        </LinkButton>
      )}
      <Cancel
        appointment={appointment}
        isOpen={canceling}
        onClose={() => setCanceling(false)}
        onToken={onToken}
      />
    </div>
  )
}

function Until({ appointment }: { appointment: Appointment }) {
  const { business, change_until, may_change } = appointment
  const until = `${formatLongDay(change_until, business.timezone)}, ${formatTime(change_until, business.timezone)}`
  return (
    <p className="text-[13px] text-ink-muted">
      {may_change
        ? `You can move or cancel it here until ${until}. Keep the link of this page: it needs no account.`
        : `It could be moved or canceled here until ${until}.${business.phone ? ` Call ${business.phone} if something came up.` : ''}`}
    </p>
  )
}

function CopyLink() {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href.replace(/\?.*$/, ''))
      toast.success('The link is copied.')
    } catch {
      toast.error('The link could not be copied. Copy it from the address bar.')
    }
  }
  return (
    <Button variant="secondary" size="sm" onPress={() => void copy()}>
      <Copy aria-hidden className="size-4" /> Copy link
    </Button>
  )
}

function Move({ appointment, onMoved }: { appointment: Appointment; onMoved: (token: string) => void }) {
  const { reservation, business, token } = appointment
  const { data: page, error, refetch } = useQuery(bookingPageQuery(business.subdomain))
  const feed = useFeed(page)
  const [date, setDate] = useState<string>()
  const [nearest, setNearest] = useState<FreeSlot[]>()
  const reschedule = useReschedule(token)
  const move = async (start: string, staff: string | undefined) => {
    try {
      const moved = await reschedule.mutateAsync({ start, staff })
      toast.success('Your appointment was moved.')
      onMoved(moved.token)
    } catch (cause) {
      if (cause instanceof ApiError && cause.code === 'slot_taken') setNearest(cause.nearest)
    }
  }
  if (error && !page) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!page) return <Skeleton className="h-64" />
  const offered = page.services.some((s) => s.id === reservation.service)
  const works = page.staff.some((s) => s.id === reservation.staff)
  const wanted = {
    service: offered ? (reservation.service ?? undefined) : undefined,
    staff: works ? (reservation.staff ?? undefined) : undefined,
  }
  return (
    <section aria-labelledby="move">
      <StepTitle id="move">Move it to</StepTitle>
      {nearest && (
        <TakenNotice
          page={page}
          nearest={nearest}
          onChoose={(slot) => void move(slot.start_time, slot.staff ?? undefined)}
        />
      )}
      {reschedule.error && !nearest && <FormError message={messageOf(reschedule.error)} />}
      <SlotPicker
        page={page}
        wanted={wanted}
        date={date}
        onDate={setDate}
        feed={feed}
        own={{ chair: reservation.staff ?? business.id, start_time: reservation.start_time }}
        pending={reschedule.isPending ? reschedule.variables.start : undefined}
        onChoose={(slot) => void move(slot.start, wanted.staff)}
      />
    </section>
  )
}

interface CancelProps {
  appointment: Appointment
  isOpen: boolean
  onClose: () => void
  onToken: (token: string) => void
}

function Cancel({ appointment, isOpen, onClose, onToken }: CancelProps) {
  const [reason, setReason] = useState('')
  const cancel = useCancelAppointment(appointment.token)
  const { business, reservation } = appointment
  return (
    <ConfirmDialog
      title="Cancel this appointment?"
      action="Cancel it"
      danger
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async () => onToken((await cancel.mutateAsync(reason)).token)}
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
