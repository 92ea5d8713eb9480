import { ChevronLeft, ChevronRight, UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { BusinessRef, Reservation } from '@/api'
import { PageTitle } from '@/components/page-title'
import { Button, ErrorState, IconButton, PageHeader, Segmented, Select, Skeleton } from '@/components/ui'
import { useNow } from '@/lib/use-now'
import { useChannel } from '@/live'
import { useHours, useServices, useStaff } from '../api/catalogue'
import { usePending } from '../api/pending'
import { useRange } from '../api/range'
import { useBusy } from '../api/save'
import { addDays, dateOf, formatDate, startOfDay, weekOf } from '../dates'
import { type Column, closedOn, dayColumns } from '../grid'
import type { CalendarSearch } from '../search'
import { RefusedDialog } from './refused-dialog'
import { ReservationDialog } from './reservation-dialog'
import { SideList, todaysOf } from './side-lists'
import { TimeGrid } from './time-grid'
import { useMoves } from './use-moves'
import { type WalkinAt, WalkinDialog } from './walkin-dialog'

interface Props {
  business: Pick<BusinessRef, 'id' | 'name' | 'subdomain' | 'timezone'>
  /** Whether it is the viewer's own: the server then knows which. */
  own: boolean
  search: CalendarSearch
  onSearch: (search: CalendarSearch) => void
}

const EVERYBODY = 'everybody'

/** A business's calendar, live. */
export function CalendarPage({ business, own, search, onSearch }: Props) {
  const id = own ? undefined : business.id
  const zone = business.timezone
  useChannel(`business:${business.id}`)
  useChannel(own ? undefined : 'dashboard') // where super admins' lists say they stood
  const today = dateOf(useNow(), zone)
  const view = search.view ?? 'day'
  const date = search.date ?? today
  const first = view === 'day' ? date : weekOf(date)
  const days = view === 'day' ? 1 : 7
  const go = (by: number) => onSearch({ ...search, date: addDays(date, by) })

  const range = useRange({
    business: id,
    from: new Date(startOfDay(first, zone)).toISOString(),
    to: new Date(startOfDay(addDays(first, days), zone)).toISOString(),
  })
  const todays = useRange({
    business: id,
    from: new Date(startOfDay(today, zone)).toISOString(),
    to: new Date(startOfDay(addDays(today, 1), zone)).toISOString(),
  })
  const pending = usePending(id)
  const staff = useStaff(id)
  const services = useServices(id)
  const hours = useHours(business.subdomain)
  const moves = useMoves()
  const busy = useBusy()
  const [open, setOpen] = useState<{ id: string; declining?: boolean }>()
  const [walkin, setWalkin] = useState<WalkinAt>()

  const members = staff.data ?? []
  const holidays = hours.data?.holidays ?? []
  const columnsOf = (day: string) =>
    dayColumns(day, zone, members, range.data ?? [], hours.data?.hours, holidays)
  const columns =
    view === 'day'
      ? columnsOf(date)
      : weekColumns(first, zone, search.staff, columnsOf, (day) =>
          closedOn(day, zone, hours.data?.hours, undefined, holidays),
        )
  const failed = [range, staff].find((query) => query.error && !query.data)
  const show = (id: string) => setOpen({ id })
  const known = [...(range.data ?? []), ...(todays.data ?? []), ...(pending.data ?? [])]
  const shown = known.filter((r) => r.id === open?.id).sort((a, b) => b.version - a.version)[0]

  const drop = (reservation: Reservation, start: number, column: Column) =>
    void moves.move(reservation, {
      start_time: new Date(start).toISOString(),
      ...(column.staff && column.staff !== reservation.staff && view === 'day'
        ? { staff: column.staff }
        : {}),
    })
  return (
    <>
      <PageTitle>Calendar</PageTitle>
      <PageHeader
        title={title(view, first, zone)}
        description={`${business.name}, ${zone.replaceAll('_', ' ')}. What changes elsewhere changes here.`}
      >
        <Button onPress={() => setWalkin({ start: undefined, staff: undefined })}>
          <UserPlus aria-hidden className="size-4" />
          Walk-in
        </Button>
      </PageHeader>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <div className="flex items-center">
          <IconButton
            aria-label={view === 'day' ? 'Previous day' : 'Previous week'}
            onPress={() => go(-days)}
          >
            <ChevronLeft />
          </IconButton>
          <Button variant="secondary" size="sm" onPress={() => onSearch({ ...search, date: undefined })}>
            Today
          </Button>
          <IconButton aria-label={view === 'day' ? 'Next day' : 'Next week'} onPress={() => go(days)}>
            <ChevronRight />
          </IconButton>
        </div>
        <Segmented
          label="View"
          value={view}
          onChange={(next) => onSearch({ ...search, view: next })}
          options={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
          ]}
        />
        {view === 'week' && members.length > 0 && (
          <Select
            label="Staff"
            hideLabel
            size="sm"
            className="w-44"
            value={search.staff ?? EVERYBODY}
            onChange={(value) => onSearch({ ...search, staff: value === EVERYBODY ? undefined : value })}
            options={[
              { value: EVERYBODY, label: 'Everybody' },
              ...members.map((s) => ({ value: s.id, label: s.name })),
            ]}
          />
        )}
      </div>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
        {failed ? (
          <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
        ) : range.data && !staff.isPending ? (
          <TimeGrid
            columns={columns}
            zone={zone}
            hours={hours.data?.hours}
            busy={busy}
            loading={range.isPlaceholderData}
            onOpen={show}
            onMove={drop}
            onEmpty={(start, column) =>
              setWalkin({ start, staff: view === 'day' ? column.staff : search.staff })
            }
          />
        ) : (
          <Skeleton className="h-[36rem] rounded-2xl" />
        )}
        <div className="flex min-w-0 flex-col gap-6 max-xl:grid max-xl:sm:grid-cols-2">
          <SideList
            title="Waiting for you"
            empty="Nobody waits for an answer."
            rows={pending.data}
            error={pending.error}
            onRetry={() => void pending.refetch()}
            zone={zone}
            withDay
            onOpen={show}
            onConfirm={(r) =>
              void moves.apply(r, { status: 'confirmed' }, `${r.customer_name} is confirmed.`)
            }
            onDecline={(r) => setOpen({ id: r.id, declining: true })}
          />
          <SideList
            title="Today"
            empty="Nothing is booked for today."
            rows={todays.data && todaysOf(todays.data, today, zone)}
            error={todays.error}
            onRetry={() => void todays.refetch()}
            zone={zone}
            onOpen={show}
          />
        </div>
      </div>
      {shown && (
        <ReservationDialog
          reservation={shown}
          zone={zone}
          staff={members}
          declining={open?.declining ?? false}
          isPending={moves.isPending}
          onClose={() => setOpen(undefined)}
          onApply={(change, done) => moves.apply(shown, change, done)}
          onMove={(to) => moves.move(shown, to)}
        />
      )}
      {moves.refused && (
        <RefusedDialog
          title={`Move ${moves.refused.reservation.customer_name}`}
          nearest={moves.refused.nearest}
          zone={zone}
          staff={members}
          onClose={moves.forget}
          onChoose={(slot) => {
            const { reservation } = moves.refused ?? {}
            moves.forget()
            if (reservation)
              void moves.move(reservation, {
                start_time: slot.start_time,
                ...(slot.staff ? { staff: slot.staff } : {}),
              })
          }}
        />
      )}
      {walkin && (
        <WalkinDialog
          at={walkin}
          business={id}
          zone={zone}
          services={services.data ?? []}
          staff={members}
          onClose={() => setWalkin(undefined)}
        />
      )}
    </>
  )
}

function title(view: 'day' | 'week', first: string, zone: string): string {
  if (view === 'day') return formatDate(first, zone, { weekday: 'long', day: 'numeric', month: 'long' })
  const last = addDays(first, 6)
  return `${formatDate(first, zone, { day: 'numeric', month: 'short' })} – ${formatDate(last, zone, { day: 'numeric', month: 'short', year: 'numeric' })}`
}

/** A column for each day of the week, with everybody's reservations or one person's. */
function weekColumns(
  first: string,
  zone: string,
  member: string | undefined,
  columnsOf: (date: string) => Column[],
  closedFor: (date: string) => [number, number][],
): Column[] {
  return Array.from({ length: 7 }, (_, i) => {
    const date = addDays(first, i)
    const columns = columnsOf(date)
    const theirs = columns.find((c) => c.staff === member)
    return {
      key: date,
      date,
      title: formatDate(date, zone, { weekday: 'short', day: 'numeric' }),
      staff: member,
      items: member ? (theirs?.items ?? []) : columns.flatMap((c) => c.items),
      closed: member ? (theirs?.closed ?? []) : closedFor(date),
    }
  })
}
