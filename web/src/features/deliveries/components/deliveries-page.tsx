import { Link } from '@tanstack/react-router'
import { ArrowLeft, MailCheck, RotateCw, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Delivery } from '@/api'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  ConfirmDialog,
  EmptyState,
  IconButton,
  ListTable,
  PageHeader,
  RelativeTime,
  SearchBox,
  Segmented,
  Select,
  tableColumns,
  toast,
  toastError,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatInteger } from '@/lib/format'
import { type LedgerFilter, useLedger } from '../api/list'
import { useRetryFailed, useRetryOne } from '../api/retry'
import { useStats } from '../api/stats'
import type { DeliverySearch } from '../search'
import {
  kindInWords,
  kinds,
  reasonInWords,
  recipientOf,
  routeInWords,
  routes,
  stateInWords,
  states,
} from '../words'
import { DeliveryPanel } from './delivery-panel'
import { EventStory } from './event-story'
import { Figures } from './figures'
import { RouteIcon, StateBadge } from './state-badge'

const column = tableColumns<Delivery>()

const columnsFor = (isAdmin: boolean) =>
  column.columns([
    column.accessor('kind', {
      header: 'What',
      meta: { width: 'minmax(0,1.3fr)' },
      cell: ({ row: { original: d } }) => (
        <span className="flex items-center gap-3">
          <RouteIcon route={d.route} />
          <span className="truncate font-medium text-ink">{kindInWords(d.kind)}</span>
        </span>
      ),
    }),
    column.accessor('address', {
      header: 'To',
      meta: { width: 'minmax(0,1.8fr)' },
      cell: ({ row: { original: d } }) => <Recipient delivery={d} />,
    }),
    ...(isAdmin
      ? [
          column.accessor('business_name', {
            header: 'Business',
            meta: { width: 'minmax(0,1.2fr)', from: 'lg' },
            cell: ({ getValue }) => <span title={getValue()}>{getValue() || '—'}</span>,
          }),
        ]
      : []),
    column.accessor('attempt', {
      header: 'Tries',
      meta: { width: '4rem', align: 'end', from: 'xl' },
      cell: ({ getValue }) => formatInteger(getValue()),
    }),
    column.accessor('state', {
      header: 'State',
      meta: { width: '7rem' },
      cell: ({ getValue }) => <StateBadge state={getValue()} />,
    }),
    column.accessor('created_at', {
      header: 'Queued',
      meta: { width: '8rem', align: 'end', from: 'md' },
      cell: ({ getValue }) => <RelativeTime at={getValue()} className="text-ink-muted" />,
    }),
    ...(isAdmin
      ? [
          column.accessor('id', {
            header: () => <span className="sr-only">Send again</span>,
            meta: { width: '2.25rem' },
            cell: ({ row: { original: d } }) => (d.state === 'failed' ? <SendAgain delivery={d} /> : null),
          }),
        ]
      : []),
  ])

/** Sends one that failed again, without looking at it first. */
function SendAgain({ delivery }: { delivery: Delivery }) {
  const retry = useRetryOne()
  return (
    <IconButton
      aria-label={`Send again: ${kindInWords(delivery.kind)} to ${delivery.address}`}
      isPending={retry.isPending}
      onPress={() => retry.mutate(delivery.id, { onError: toastError })}
    >
      <RotateCw aria-hidden />
    </IconButton>
  )
}

/** What is worth knowing about a delivery at a glance: why it failed or was canceled, or else its address. */
function noteOf(d: Delivery, name: string): string {
  if (d.state === 'failed') return d.last_error
  if (d.state === 'canceled') return reasonInWords(d.reason)
  return name === d.address ? '' : d.address
}

function Recipient({ delivery }: { delivery: Delivery }) {
  const name = recipientOf(delivery)
  const note = noteOf(delivery, name)
  return (
    <span className="block min-w-0">
      <span className="block truncate text-ink" title={delivery.address || name}>
        {name}
      </span>
      {note && (
        <span
          className={cx(
            'block truncate text-[13px]',
            delivery.state === 'failed' ? 'text-bad' : 'text-ink-muted',
          )}
          title={note}
        >
          {note}
        </span>
      )}
    </span>
  )
}

const stateOptions = (failed: number) => [
  { value: 'all' as const, label: 'All' },
  ...states.map((value) => ({
    value,
    label:
      value === 'failed' && failed > 0
        ? `${stateInWords(value)} ${formatInteger(failed)}`
        : stateInWords(value),
  })),
]
const routeOptions = [
  { value: 'all' as const, label: 'Every route' },
  ...routes.map((value) => ({ value, label: routeInWords(value) })),
]
const kindOptions = [
  { value: 'all' as const, label: 'Every kind' },
  ...kinds.map((value) => ({ value, label: kindInWords(value) })),
]

interface Props {
  /** Super admins see everybody's and send again; owners see their own business's. */
  isAdmin: boolean
  shown: DeliverySearch
  onShow: (shown: DeliverySearch) => void
  /** More to go to from here. */
  children?: ReactNode
}

export function DeliveriesPage({ isAdmin, shown, onShow, children }: Props) {
  const { event, open, ...filter } = shown
  const { data: stats } = useStats()
  const [retrying, setRetrying] = useState(false)
  const retryFailed = useRetryFailed()
  const failed = stats?.failed ?? 0
  return (
    <>
      <PageTitle>{event ? 'What became of it' : 'Deliveries'}</PageTitle>
      {event && (
        <Link
          to="/deliveries"
          className="mb-4 inline-flex items-center gap-1.5 text-[13px] font-medium text-ink-muted hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-4" />
          All deliveries
        </Link>
      )}
      <PageHeader
        title={event ? 'What became of it' : 'Deliveries'}
        description={
          event
            ? 'Everyone who was to know, and how far it came.'
            : isAdmin
              ? 'Every mail and push, and what became of it.'
              : 'Every mail about your business, and what became of it.'
        }
      >
        {!event && children}
        {isAdmin && !event && failed > 0 && (
          <Button onPress={() => setRetrying(true)}>
            <RotateCw aria-hidden className="size-4" />
            Send all failed again
          </Button>
        )}
      </PageHeader>
      {event ? (
        <EventStory id={event} onOpen={(id) => onShow({ ...shown, open: id })} />
      ) : (
        <>
          <Figures stats={stats} onShow={(next) => onShow(next)} />
          <Ledger isAdmin={isAdmin} filter={filter} failed={failed} onShow={onShow} />
        </>
      )}
      {open && (
        <DeliveryPanel
          key={open}
          id={open}
          isAdmin={isAdmin}
          onClose={() => onShow({ ...shown, open: undefined })}
        />
      )}
      <ConfirmDialog
        title={`Send ${failed === 1 ? 'the one that failed' : `all ${formatInteger(failed)} that failed`} again?`}
        action="Send again"
        isOpen={retrying}
        onClose={() => setRetrying(false)}
        onConfirm={async () => {
          const { retried } = await retryFailed.mutateAsync()
          toast.success(retried === 1 ? 'One leaves again' : `${formatInteger(retried)} leave again`)
        }}
      >
        Each is tried as often as a new one. What was refused for good, such as an address that does not
        exist, will fail again.
      </ConfirmDialog>
    </>
  )
}

interface LedgerProps extends Pick<Props, 'isAdmin' | 'onShow'> {
  filter: LedgerFilter
  /** How many failed; the choice of states says so. */
  failed: number
}

function Ledger({ isAdmin, filter, failed, onShow }: LedgerProps) {
  const list = useLedger(filter)
  const [columns] = useState(() => columnsFor(isAdmin))
  const narrowed = Object.values(filter).some((value) => value !== undefined)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pb-4">
        <SearchBox
          label="Search deliveries"
          placeholder="Address, person, business"
          value={filter.search ?? ''}
          onChange={(search) => onShow({ ...filter, search: search || undefined })}
        />
        <Segmented
          label="State"
          value={filter.state ?? 'all'}
          options={stateOptions(failed)}
          onChange={(state) =>
            onShow({ ...filter, due: undefined, state: state === 'all' ? undefined : state })
          }
        />
        <Select
          label="Route"
          hideLabel
          size="sm"
          className="w-36"
          value={filter.route ?? 'all'}
          options={routeOptions}
          onChange={(route) => onShow({ ...filter, route: route === 'all' ? undefined : route })}
        />
        <Select
          label="Kind"
          hideLabel
          size="sm"
          className="w-44"
          value={filter.kind ?? 'all'}
          options={kindOptions}
          onChange={(kind) => onShow({ ...filter, kind: kind === 'all' ? undefined : kind })}
        />
        {filter.due && <Chip label="Due now" onClear={() => onShow({ ...filter, due: undefined })} />}
        {filter.reservation && (
          <Chip label="One reservation" onClear={() => onShow({ ...filter, reservation: undefined })} />
        )}
        {filter.user && <Chip label="One person" onClear={() => onShow({ ...filter, user: undefined })} />}
      </div>
      <ListTable
        label="Deliveries"
        columns={columns}
        list={list}
        sort={undefined}
        defaultSort="-created_at"
        onSort={() => undefined}
        onOpen={(delivery) => onShow({ ...filter, open: delivery.id })}
        rowTestId="delivery-row"
        card={(delivery) => (
          <span className="flex items-center gap-3">
            <RouteIcon route={delivery.route} />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium text-ink">{kindInWords(delivery.kind)}</span>
              <Recipient delivery={delivery} />
              <RelativeTime at={delivery.created_at} className="text-xs text-ink-faint" />
            </span>
            <StateBadge state={delivery.state} />
          </span>
        )}
        empty={
          narrowed ? (
            <EmptyState
              icon={<MailCheck />}
              title={filter.state === 'failed' ? 'Nothing has failed' : 'No delivery matches'}
              action={
                <Button variant="secondary" size="sm" onPress={() => onShow({})}>
                  Show all
                </Button>
              }
            >
              {filter.state === 'failed'
                ? 'What cannot be delivered waits here for a decision.'
                : filter.reservation
                  ? 'A mail about this reservation leaves only to somebody who left an address.'
                  : 'Try fewer words, or another state.'}
            </EmptyState>
          ) : (
            <EmptyState icon={<MailCheck />} title="Nothing has been sent yet">
              Mails and pushes appear here with the event that they are about.
            </EmptyState>
          )
        }
      />
    </>
  )
}

function Chip({ label, onClear }: { label: string; onClear: () => void }) {
  return (
    <button
      type="button"
      onClick={onClear}
      aria-label={`${label}: remove this filter`}
      className="inline-flex h-8 items-center gap-1.5 rounded-full bg-accent-soft px-3 text-[13px] font-medium text-accent"
    >
      {label}
      <X aria-hidden className="size-3.5" />
    </button>
  )
}
