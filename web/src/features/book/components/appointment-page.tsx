import { useQuery } from '@tanstack/react-query'
import { CalendarPlus, CheckCircle2, CircleSlash, Clock3, Copy, LinkIcon } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ApiError, type Appointment } from '@/api'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  buttonClass,
  Card,
  EmptyState,
  ErrorState,
  LinkButton,
  Skeleton,
  toast,
} from '@/components/ui'
import { useNow } from '@/lib/use-now'
import { appointmentQuery, calendarFile } from '../api/appointment'
import { formatLongDay, formatTime } from '../zone'
import { BrandFrame } from './brand-frame'
import { CancelDialog } from './cancel-dialog'
import { Move } from './move'
import { Summary } from './summary'

interface Props {
  token: string
  /** Every change makes another link, which takes the place of this one. */
  onToken: (token: string) => void
}

/** The customer's own appointment, by their link: no account is needed. */
export function AppointmentPage({ token, onToken }: Props) {
  const { data, error, refetch } = useQuery(appointmentQuery(token))
  // The business may have moved it while this page was open.
  if (error && (!data || isStale(error))) {
    return <NoAppointment error={error} onRetry={() => void refetch()} />
  }
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
      <Own key={token} appointment={data} onToken={onToken} />
    </BrandFrame>
  )
}

const isStale = (error: unknown) => error instanceof ApiError && error.code === 'stale_link'

function NoAppointment({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <PageTitle>Your appointment</PageTitle>
      {isStale(error) ? (
        <EmptyState icon={<LinkIcon />} title="This link is out of date">
          The appointment was changed since the link was made. Use the newest link you have, or call the
          business.
        </EmptyState>
      ) : error instanceof ApiError && error.status === 404 ? (
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
  pending: { icon: <Clock3 aria-hidden />, word: 'Not confirmed yet', tone: 'text-warn' },
  confirmed: { icon: <CheckCircle2 aria-hidden />, word: 'Confirmed', tone: 'text-good' },
  completed: { icon: <CheckCircle2 aria-hidden />, word: 'Completed', tone: 'text-ink-muted' },
  no_show: { icon: <CircleSlash aria-hidden />, word: 'Missed', tone: 'text-ink-muted' },
  canceled: { icon: <CircleSlash aria-hidden />, word: 'Canceled', tone: 'text-ink-muted' },
} as const

const titles = {
  pending: 'you have asked for an appointment',
  confirmed: 'you are booked',
  completed: 'thank you for coming',
  no_show: 'you were missed',
  canceled: 'your appointment is canceled',
} as const

function Own({ appointment, onToken }: { appointment: Appointment; onToken: (token: string) => void }) {
  const { reservation, business, token } = appointment
  const [moving, setMoving] = useState(false)
  const [canceling, setCanceling] = useState(false)
  const mayChange = useNow() < Date.parse(appointment.change_until) && appointment.may_change
  const state = states[reservation.status]
  const active = reservation.status === 'pending' || reservation.status === 'confirmed'
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), []) // it says what has come of the last step
  return (
    <div className="flex flex-col gap-6">
      <div>
        <p
          className={`flex items-center gap-2 font-medium [&_svg]:size-5 ${state.tone}`}
          data-testid="appointment-state"
        >
          {state.icon}
          {state.word}
        </p>
        <h1
          ref={title}
          tabIndex={-1}
          className="mt-1 font-semibold text-2xl tracking-tight outline-none [overflow-wrap:anywhere]"
        >
          {reservation.customer_name}, {titles[reservation.status]}
        </h1>
        {reservation.status === 'pending' && (
          <p className="mt-1 text-ink-muted">
            {business.name} still has to confirm it. The time is kept for you until then.
          </p>
        )}
        {reservation.cancel_reason && (
          <p className="mt-1 text-ink-muted [overflow-wrap:anywhere]">Reason: {reservation.cancel_reason}</p>
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
            {mayChange && (
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
      {active && <Until appointment={appointment} mayChange={mayChange} />}
      {moving && mayChange && <Move appointment={appointment} onMoved={onToken} />}
      {!active && (
        <LinkButton
          to="/book/$subdomain"
          params={{ subdomain: business.subdomain }}
          search={reservation.service ? { service: reservation.service } : {}}
          className="self-start"
        >
          Book another appointment
        </LinkButton>
      )}
      <CancelDialog
        appointment={appointment}
        isOpen={canceling}
        onClose={() => setCanceling(false)}
        onToken={onToken}
      />
    </div>
  )
}

function Until({ appointment, mayChange }: { appointment: Appointment; mayChange: boolean }) {
  const { business, change_until } = appointment
  const until = `${formatLongDay(change_until, business.timezone)}, ${formatTime(change_until, business.timezone)}`
  return (
    <p className="text-[13px] text-ink-muted [overflow-wrap:anywhere]" data-testid="change-until">
      {mayChange
        ? `You can move or cancel it here until ${until}. Keep the link of this page: it needs no account.`
        : `It could be moved or canceled here until ${until}. ${
            business.phone ? `Call ${business.phone}` : `Ask ${business.name}`
          } if something came up.`}
    </p>
  )
}

function CopyLink() {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.origin + location.pathname)
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
