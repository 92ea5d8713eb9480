import { CalendarDays, Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Reservation, ReservationStatus } from '@/api'
import { PageTitle } from '@/components/page-title'
import { ReservationBadge } from '@/components/status'
import {
  Button,
  EmptyState,
  ListTable,
  PageHeader,
  RelativeTime,
  SearchBox,
  Segmented,
  tableColumns,
} from '@/components/ui'
import { formatDayTime, formatExact, formatMoney } from '@/lib/format'
import { DEFAULT_SORT, type ReservationSearch, useReservations } from '../api/list'
import { CreateReservationDialog } from './create-reservation-dialog'
import { ReservationPanel } from './reservation-panel'

const column = tableColumns<Reservation>()

const columnsFor = (everyBusiness: boolean) =>
  column.columns([
    column.accessor('customer_name', {
      header: 'Customer',
      meta: { width: 'minmax(0,1.6fr)', sort: 'customer_name' },
      cell: ({ row: { original: r } }) => <Customer reservation={r} />,
    }),
    ...(everyBusiness
      ? [
          column.accessor('business_name', {
            header: 'Business',
            meta: { width: 'minmax(0,1.4fr)', from: 'md' },
            cell: ({ getValue }) => <span title={getValue()}>{getValue()}</span>,
          }),
        ]
      : []),
    column.accessor('start_time', {
      header: 'When',
      meta: { width: '12rem', sort: 'start_time', descFirst: true },
      cell: ({ getValue }) => <time title={formatExact(getValue())}>{formatDayTime(getValue())}</time>,
    }),
    column.accessor('status', {
      header: 'Status',
      meta: { width: '8rem' },
      cell: ({ getValue }) => <ReservationBadge status={getValue()} />,
    }),
    column.accessor('price', {
      header: 'Price',
      meta: { width: '6rem', align: 'end', from: 'lg' },
      cell: ({ getValue }) => (getValue() ? formatMoney(getValue()) : '—'),
    }),
    column.accessor('created_at', {
      header: 'Booked',
      meta: { width: '8rem', align: 'end', sort: 'created_at', descFirst: true, from: 'lg' },
      cell: ({ getValue }) => <RelativeTime at={getValue()} className="text-ink-muted" />,
    }),
  ])

function Customer({ reservation }: { reservation: Reservation }) {
  const contact = reservation.customer_phone || reservation.customer_email
  return (
    <span className="block min-w-0">
      <span className="block truncate font-medium text-ink" title={reservation.customer_name}>
        {reservation.customer_name}
      </span>
      {contact && <span className="block truncate text-[13px] text-ink-muted">{contact}</span>}
    </span>
  )
}

const statuses: readonly { value: ReservationStatus | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'pending', label: 'Pending' },
  { value: 'confirmed', label: 'Confirmed' },
  { value: 'completed', label: 'Completed' },
  { value: 'no_show', label: 'No-show' },
  { value: 'canceled', label: 'Canceled' },
]

interface Props {
  /** Whether reservations of every business are listed, or the owner's own only. */
  everyBusiness: boolean
  shown: ReservationSearch
  onShow: (shown: ReservationSearch) => void
  /** The reservation whose panel is open. */
  open: string | undefined
  onOpen: (id: string | undefined) => void
  /** What other features can do with the reservation that is open. */
  actions?: ReactNode
}

export function ReservationsPage({ everyBusiness, shown, onShow, open, onOpen, actions }: Props) {
  const list = useReservations(shown)
  const [creating, setCreating] = useState(false)
  const [columns] = useState(() => columnsFor(everyBusiness))
  const narrowed = shown.search || shown.status
  const create = everyBusiness ? null : (
    <Button onPress={() => setCreating(true)}>
      <Plus aria-hidden className="size-4" />
      New reservation
    </Button>
  )
  return (
    <>
      <PageTitle>Reservations</PageTitle>
      <PageHeader
        title="Reservations"
        description={
          everyBusiness
            ? 'Every booking on the platform, the moment it is made.'
            : 'Your bookings, the moment they are made.'
        }
      >
        {create}
      </PageHeader>
      <div className="flex flex-wrap items-center gap-2 pb-4">
        <SearchBox
          label="Search reservations"
          placeholder="Customer, phone, email"
          value={shown.search ?? ''}
          onChange={(search) => onShow({ ...shown, search: search || undefined })}
        />
        <Segmented
          label="Status"
          value={shown.status ?? 'all'}
          options={statuses}
          onChange={(status) => onShow({ ...shown, status: status === 'all' ? undefined : status })}
        />
      </div>
      <ListTable
        label="Reservations"
        columns={columns}
        list={list}
        sort={shown.sort}
        defaultSort={DEFAULT_SORT}
        onSort={(sort) => onShow({ ...shown, sort })}
        onOpen={(reservation) => onOpen(reservation.id)}
        freshPrefix="reservation"
        rowTestId="reservation-row"
        card={(reservation) => (
          <span className="flex items-center gap-3">
            <span className="min-w-0 flex-1">
              <Customer reservation={reservation} />
              <span className="block truncate text-[13px] text-ink-muted">
                {formatDayTime(reservation.start_time)}
                {everyBusiness && ` · ${reservation.business_name}`}
              </span>
            </span>
            <ReservationBadge status={reservation.status} />
          </span>
        )}
        empty={
          narrowed ? (
            <EmptyState
              icon={<CalendarDays />}
              title="No reservation matches"
              action={
                <Button variant="secondary" size="sm" onPress={() => onShow({})}>
                  Show all
                </Button>
              }
            >
              Try fewer words, or another status.
            </EmptyState>
          ) : (
            <EmptyState icon={<CalendarDays />} title="No reservations yet" action={create}>
              The first one appears here by itself.
            </EmptyState>
          )
        }
      />
      {creating && <CreateReservationDialog onClose={() => setCreating(false)} />}
      {open && (
        <ReservationPanel
          key={open}
          id={open}
          everyBusiness={everyBusiness}
          onClose={() => onOpen(undefined)}
          actions={actions}
        />
      )}
    </>
  )
}
