import { useQuery } from '@tanstack/react-query'
import { Store } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import {
  ApiError,
  type BookedReservation,
  type BookingPage,
  type FreeSlot,
  type Hold,
  messageOf,
  randomId,
} from '@/api'
import { PageTitle } from '@/components/page-title'
import { Button, Card, EmptyState, ErrorState, FormError, Skeleton } from '@/components/ui'
import { useBook } from '../api/book'
import { releaseHold, useHold } from '../api/hold'
import { bookingPageQuery } from '../api/page'
import type { Feed } from '../feed'
import { useCountdown } from '../use-countdown'
import { useFeed } from '../use-feed'
import { formatCountdown } from '../zone'
import { BrandFrame } from './brand-frame'
import { ServiceChoice, StaffChoice, StepTitle } from './choices'
import { type Details, DetailsForm, noDetails } from './details-form'
import { SlotPicker } from './slot-picker'
import { Summary } from './summary'
import { TakenNotice } from './taken-notice'

/** What has been chosen so far; it lives in the page's address. */
export interface BookSearch {
  service?: string | undefined
  staff?: string | undefined
  date?: string | undefined
}

interface Props {
  subdomain: string
  search: BookSearch
  onSearch: (search: BookSearch) => void
  onBooked: (token: string) => void
}

/** A business's booking page. */
export function BookPage({ subdomain, search, onSearch, onBooked }: Props) {
  const { data: page, error, refetch } = useQuery(bookingPageQuery(subdomain))
  const feed = useFeed(page)
  if (error && !page) return <NoPage error={error} onRetry={() => void refetch()} />
  if (!page) return <Loading />
  return (
    <BrandFrame business={page.business}>
      <PageTitle>{`Book at ${page.business.name}`}</PageTitle>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">Book an appointment</h1>
      <Booking page={page} feed={feed} search={search} onSearch={onSearch} onBooked={onBooked} />
    </BrandFrame>
  )
}

function NoPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const missing = error instanceof ApiError && (error.status === 404 || error.status === 409)
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <PageTitle>Book</PageTitle>
      {missing ? (
        <EmptyState icon={<Store />} title="Nobody takes bookings here">
          The address may be mistyped, or the business takes no bookings at the moment.
        </EmptyState>
      ) : (
        <ErrorState error={error} onRetry={onRetry} />
      )}
    </main>
  )
}

function Loading() {
  return (
    <main aria-busy className="mx-auto flex w-full max-w-5xl flex-col gap-4 px-4 py-10 sm:px-6">
      <Skeleton className="h-10 w-64" />
      <Skeleton className="h-20" />
      <Skeleton className="h-20" />
      <Skeleton className="h-64" />
    </main>
  )
}

interface BookingProps {
  page: BookingPage
  feed: Feed | undefined
  search: BookSearch
  onSearch: (search: BookSearch) => void
  onBooked: (token: string) => void
}

function Booking({ page, feed, search, onSearch, onBooked }: BookingProps) {
  const [held, setHeld] = useState<Hold>()
  const [details, setDetails] = useState<Details>(noDetails)
  const [nearest, setNearest] = useState<FreeSlot[]>()
  const hold = useHold(page.business.subdomain)
  const { subdomain } = page.business

  const service =
    page.services.find((s) => s.id === search.service) ??
    (page.services.length === 1 ? page.services[0] : undefined)
  const staff = page.staff.filter(
    (s) => !service || s.services.length === 0 || s.services.includes(service.id),
  )
  const member = staff.find((s) => s.id === search.staff)
  const wanted = { service: service?.id, staff: member?.id }

  useRelease(subdomain, held)

  const choose = async (start: string, chair = wanted.staff) => {
    try {
      const made = await hold.mutateAsync({ service: wanted.service, staff: chair, start })
      setNearest(undefined)
      setHeld(made)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'slot_taken') setNearest(error.nearest)
    }
  }
  const letGo = () => {
    if (held) void releaseHold(subdomain, held.id)
    setHeld(undefined)
  }

  if (held) {
    return (
      <Finish
        key={held.id}
        page={page}
        held={held}
        details={details}
        onType={setDetails}
        onBack={letGo}
        onAgain={() => void choose(held.start_time, held.staff ?? undefined)}
        again={hold.isPending}
        onBooked={(reservation) => {
          setHeld(undefined)
          onBooked(reservation.token)
        }}
        nearest={nearest}
        onTaken={setNearest}
        onNearest={(slot) => void choose(slot.start_time, slot.staff ?? undefined)}
      />
    )
  }
  return (
    <div className="flex flex-col gap-8">
      {page.services.length > 0 && (
        <ServiceChoice
          services={page.services}
          value={service?.id}
          onChange={(id) => onSearch({ ...search, service: id })}
        />
      )}
      {(service || page.services.length === 0) && (
        <>
          {staff.length > 1 && (
            <StaffChoice
              staff={staff}
              value={member?.id}
              onChange={(id) => onSearch({ ...search, staff: id })}
            />
          )}
          <section aria-labelledby="when">
            <StepTitle id="when">When?</StepTitle>
            {nearest && (
              <TakenNotice
                page={page}
                nearest={nearest}
                onChoose={(slot) => void choose(slot.start_time, slot.staff ?? undefined)}
              />
            )}
            {hold.error && !nearest && (
              <div className="mb-4">
                <FormError message={messageOf(hold.error)} />
              </div>
            )}
            <SlotPicker
              page={page}
              wanted={wanted}
              date={search.date}
              onDate={(date) => onSearch({ ...search, date })}
              feed={feed}
              pending={hold.isPending ? hold.variables.start : undefined}
              onChoose={(slot) => void choose(slot.start)}
            />
          </section>
        </>
      )}
    </div>
  )
}

/** Gives the hold back when the page is left; also by closing the tab. */
function useRelease(subdomain: string, held: Hold | undefined): void {
  const current = useRef(held)
  current.current = held
  useEffect(() => {
    const release = () => {
      if (current.current) void releaseHold(subdomain, current.current.id)
    }
    window.addEventListener('pagehide', release)
    return () => {
      window.removeEventListener('pagehide', release)
      release()
    }
  }, [subdomain])
}

interface FinishProps {
  page: BookingPage
  held: Hold
  details: Details
  onType: (details: Details) => void
  onBack: () => void
  onAgain: () => void
  again: boolean
  onBooked: (reservation: BookedReservation) => void
  nearest: FreeSlot[] | undefined
  onTaken: (nearest: FreeSlot[]) => void
  onNearest: (slot: FreeSlot) => void
}

/** The chosen time is held while the customer says who they are. */
function Finish(props: FinishProps) {
  const { page, held, details, onType, onBack, onAgain, again, onBooked, nearest, onTaken, onNearest } = props
  const book = useBook()
  const seconds = useCountdown(held.expires_at)
  const [key] = useState(randomId)
  const service = page.services.find((s) => s.id === held.service)
  const submit = useCallback(
    (values: Details) =>
      book.mutateAsync({
        key,
        booking: {
          subdomain: page.business.subdomain,
          hold: held.id,
          service: held.service ?? undefined,
          staff: held.staff ?? undefined,
          start_time: held.start_time,
          ...values,
        },
      }),
    [book, key, held, page.business.subdomain],
  )
  return (
    <div className="grid items-start gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <section aria-labelledby="details" className="min-w-0 max-md:order-2">
        {nearest && <TakenNotice page={page} nearest={nearest} onChoose={onNearest} />}
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
          start={held.start_time}
          end={held.end_time}
          zone={page.business.timezone}
          service={service?.name}
          price={service?.price}
          currency={service?.currency ?? ''}
          staff={page.staff.find((s) => s.id === held.staff)?.name}
        />
        <div className="mt-4 border-line border-t pt-3 text-[13px]">
          {seconds > 0 ? (
            <p className="text-ink-muted" data-testid="countdown">
              This time is kept for you for{' '}
              <span className="font-medium text-ink tabular-nums">{formatCountdown(seconds)}</span>.
            </p>
          ) : (
            <div role="alert" className="flex flex-col gap-2">
              <p className="text-warn">This time is no longer kept for you. It may still be free.</p>
              <Button size="sm" variant="secondary" isPending={again} onPress={onAgain}>
                Keep it again
              </Button>
            </div>
          )}
          <Button size="sm" variant="quiet" className="mt-2 -ml-3" onPress={onBack}>
            Choose another time
          </Button>
        </div>
      </Card>
    </div>
  )
}
