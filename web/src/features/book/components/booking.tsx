import { UserRoundX } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { type BookingPage, type FreeSlot, messageOf } from '@/api'
import { Card, EmptyState, FormError } from '@/components/ui'
import type { Wanted } from '../api/days'
import type { Feed } from '../feed'
import { useHeld } from '../use-held'
import { dateIn } from '../zone'
import { ServiceChoice, StaffChoice, StepTitle } from './choices'
import { type Details, noDetails } from './details-form'
import { Finish } from './finish'
import { IntoView } from './into-view'
import { SlotPicker } from './slot-picker'
import { TakenNotice } from './taken-notice'

/** What has been chosen so far; it lives in the page's address. */
export interface BookSearch {
  service?: string | undefined
  staff?: string | undefined
  date?: string | undefined
  /** The start that is held: the browser's way back leads to the other times. */
  time?: string | undefined
}

export interface Navigation {
  /** Changes the address; as a step that the browser's way back undoes, or in place. */
  onSearch: (search: BookSearch, isStep?: boolean) => void
  /** Goes a step back. */
  onBack: () => void
  onBooked: (token: string) => void
}

interface Props extends Navigation {
  page: BookingPage
  feed: Feed | undefined
  search: BookSearch
}

/** The steps of a booking: what, with whom, when, and for whom. */
export function Booking({ page, feed, search, onSearch, onBack, onBooked }: Props) {
  const [details, setDetails] = useState<Details>(noDetails)
  const [wentBack, setWentBack] = useState(false)
  const { held, nearest, setNearest, take, pending, error, clear, letGo, forget, isHeld } = useHeld(page)

  const service =
    page.services.find((s) => s.id === search.service) ??
    (page.services.length === 1 ? page.services[0] : undefined)
  const staff = page.staff.filter(
    (s) => !service || s.services.length === 0 || s.services.includes(service.id),
  )
  const member = staff.find((s) => s.id === search.staff)
  const wanted: Wanted = { service: service?.id, staff: member?.id }

  const follow = useEffectEvent((time: string | undefined) => {
    if (time && !isHeld()) onSearch({ ...search, time: undefined }) // somebody else's address, or a reload
    if (!time && isHeld()) {
      letGo()
      setWentBack(true)
    }
  })
  useEffect(() => follow(search.time), [search.time])

  const look = (elsewhere: BookSearch) => {
    clear()
    onSearch({ ...search, ...elsewhere })
  }
  const choose = async (what: Wanted, start: string) => {
    const isStep = !held
    const date = dateIn(start, page.business.timezone)
    if (await take(what, start)) onSearch({ ...search, date, time: start }, isStep)
  }
  const chooseNearest = (slot: FreeSlot) =>
    void choose({ ...wanted, staff: slot.staff ?? undefined }, slot.start_time)

  if (held) {
    return (
      <Finish
        key={held.hold.id}
        page={page}
        feed={feed}
        held={held}
        details={details}
        onType={setDetails}
        onBack={onBack}
        onAgain={() => void choose(held.wanted, held.hold.start_time)}
        isPending={pending !== undefined}
        error={error}
        onBooked={(reservation) => {
          forget()
          onBooked(reservation.token)
        }}
        nearest={nearest}
        onTaken={setNearest}
        onNearest={chooseNearest}
      />
    )
  }
  return (
    <div className="flex flex-col gap-8">
      {page.services.length > 0 && (
        <ServiceChoice
          services={page.services}
          value={service?.id}
          onChange={(id) => look({ service: id })}
        />
      )}
      {page.staff.length > 0 && staff.length === 0 && service && (
        <Card>
          <EmptyState icon={<UserRoundX />} title="Nobody does this at the moment">
            Choose another service, or ask {page.business.name}.
          </EmptyState>
        </Card>
      )}
      {(service || page.services.length === 0) && (page.staff.length === 0 || staff.length > 0) && (
        <>
          {staff.length > 1 && (
            <StaffChoice staff={staff} value={member?.id} onChange={(id) => look({ staff: id })} />
          )}
          <section aria-labelledby="when">
            <StepTitle id="when" takesFocus={wentBack}>
              When?
            </StepTitle>
            {nearest && <TakenNotice page={page} nearest={nearest} onChoose={chooseNearest} />}
            {error && (
              <IntoView>
                <FormError message={messageOf(error)} />
              </IntoView>
            )}
            <SlotPicker
              page={page}
              wanted={wanted}
              date={search.date}
              onDate={(date) => look({ date })}
              feed={feed}
              pending={pending}
              onChoose={(slot) => void choose(wanted, slot.start)}
            />
          </section>
        </>
      )}
    </div>
  )
}
