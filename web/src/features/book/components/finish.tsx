import { useQuery } from '@tanstack/react-query'
import type { BookedReservation, BookingPage, FreeSlot } from '@/api'
import { messageOf } from '@/api'
import { Button, Card, FormError } from '@/components/ui'
import { useBook } from '../api/book'
import { slotsQuery } from '../api/slots'
import type { Feed } from '../feed'
import { chairsOf, shownSlots } from '../slots'
import { useCountdown } from '../use-countdown'
import type { Held } from '../use-held'
import { dateIn, formatCountdown } from '../zone'
import { StepTitle } from './choices'
import { type Details, DetailsForm } from './details-form'
import { IntoView } from './into-view'
import { Summary } from './summary'
import { TakenNotice } from './taken-notice'

interface Props {
  page: BookingPage
  feed: Feed | undefined
  held: Held
  details: Details
  onType: (details: Details) => void
  onBack: () => void
  onAgain: () => void
  /** Whether a time is being held. */
  isPending: boolean
  error: Error | null
  onBooked: (reservation: BookedReservation) => void
  nearest: FreeSlot[] | undefined
  onTaken: (nearest: FreeSlot[]) => void
  onNearest: (slot: FreeSlot) => void
}

/** The chosen time is held while the customer says who they are. */
export function Finish(props: Props) {
  const { page, held, details, onType, nearest, onBooked, onTaken, onNearest, error } = props
  const { hold } = held
  const book = useBook()
  const service = page.services.find((s) => s.id === hold.service)
  const submit = (values: Details) =>
    book.mutateAsync({
      subdomain: page.business.subdomain,
      hold: hold.id,
      service: hold.service ?? undefined,
      // The hold knows who it is; without it, whoever is free, if that is what was asked for.
      staff: held.wanted.staff,
      start_time: hold.start_time,
      ...values,
    })
  return (
    <div className="grid items-start gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <section aria-labelledby="details" className="min-w-0 max-md:order-2">
        {nearest && <TakenNotice page={page} nearest={nearest} onChoose={onNearest} />}
        {error && (
          <IntoView>
            <FormError message={messageOf(error)} />
          </IntoView>
        )}
        <StepTitle id="details">Your details</StepTitle>
        <Card className="p-4 sm:p-5">
          <DetailsForm
            details={details}
            onType={onType}
            submitLabel={page.needs_confirmation ? 'Ask for this time' : 'Book this time'}
            onSubmit={submit}
            onBooked={onBooked}
            onTaken={onTaken}
          />
          {page.needs_confirmation && (
            <p className="mt-3 text-[13px] text-ink-muted">{page.business.name} confirms each appointment.</p>
          )}
        </Card>
      </section>
      <Card className="p-4 sm:p-5">
        <StepTitle>Your appointment</StepTitle>
        <Summary
          start={hold.start_time}
          end={hold.end_time}
          zone={page.business.timezone}
          service={service?.name}
          price={service?.price}
          currency={service?.currency ?? ''}
          staff={page.staff.find((s) => s.id === hold.staff)?.name}
        />
        <div className="mt-4 flex flex-col items-start gap-2 border-line border-t pt-3 text-[13px]">
          <Keeping {...props} />
        </div>
      </Card>
    </div>
  )
}

/** For so many seconds after a hold's end the server may not have said so yet. */
const LATE = 3
const SOON = 60

/** How long the time is kept; then, whether it can be had again. */
function Keeping({ page, feed, held, onAgain, onBack, isPending }: Props) {
  const seconds = useCountdown(held.until)
  const isFree = useIsFree(page, feed, held, seconds < -LATE)
  const other = (
    <Button size="sm" variant="quiet" className="-ml-3" onPress={onBack}>
      Choose another time
    </Button>
  )
  if (seconds > 0) {
    return (
      <>
        <p className="text-ink-muted" data-testid="countdown">
          This time is kept for you for{' '}
          <span className="font-medium text-ink tabular-nums">{formatCountdown(seconds)}</span>.
        </p>
        <p role="status" className="sr-only">
          {seconds <= SOON && 'This time is kept for you for less than a minute.'}
        </p>
        {other}
      </>
    )
  }
  return (
    <>
      <p role="alert" className="text-warn" data-testid="hold-over">
        {isFree
          ? 'This time is no longer kept for you, but nobody has taken it yet.'
          : 'This time is no longer kept for you, and somebody else has taken it.'}
      </p>
      {isFree && (
        <Button size="sm" variant="secondary" isPending={isPending} onPress={onAgain}>
          Keep it again
        </Button>
      )}
      {other}
    </>
  )
}

/** Whether nobody else has the time, as far as this page knows. */
function useIsFree(page: BookingPage, feed: Feed | undefined, { hold, wanted }: Held, isOver: boolean) {
  const date = dateIn(hold.start_time, page.business.timezone)
  const { data } = useQuery(slotsQuery(page.business.subdomain, wanted, date, feed))
  if (!data) return true
  const own = isOver ? undefined : hold
  const slot = shownSlots(data, chairsOf(page), own).find(
    (s) => Date.parse(s.start) === Date.parse(hold.start_time),
  )
  return slot === undefined || slot.free.length > 0
}
