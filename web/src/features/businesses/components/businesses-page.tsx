import { Plus, Store } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Business } from '@/api'
import { Avatar } from '@/components/avatar'
import { PageTitle } from '@/components/page-title'
import { ActiveBadge, businessTypes, labelOfType, SubscriptionBadge } from '@/components/status'
import {
  Button,
  EmptyState,
  ListTable,
  PageHeader,
  RelativeTime,
  SearchBox,
  Segmented,
  Select,
  tableColumns,
} from '@/components/ui'
import { formatCompact, formatInteger } from '@/lib/format'
import { type BusinessSearch, DEFAULT_SORT, useBusinesses } from '../api/list'
import { BusinessPanel } from './business-panel'
import { CreateBusinessDialog } from './create-business-dialog'

const column = tableColumns<Business>()

const columns = column.columns([
  column.accessor('name', {
    header: 'Name',
    meta: { width: 'minmax(0,2.2fr)', sort: 'name' },
    cell: ({ row: { original: b } }) => <Name business={b} />,
  }),
  column.accessor('business_type', {
    header: 'Type',
    meta: { from: 'lg' },
    cell: ({ getValue }) => labelOfType(getValue()),
  }),
  column.accessor('is_active', {
    header: 'State',
    cell: ({ getValue }) => <ActiveBadge active={getValue()} />,
  }),
  column.accessor('subscription_status', {
    header: 'Subscription',
    meta: { from: 'xl' },
    cell: ({ getValue }) => <SubscriptionBadge status={getValue()} />,
  }),
  column.accessor('user_count', {
    header: 'Users',
    meta: { from: 'xl', width: '5rem', align: 'end', sort: 'user_count', descFirst: true },
    cell: ({ getValue }) => formatInteger(getValue()),
  }),
  column.accessor('reservation_count', {
    header: 'Reservations',
    meta: { from: 'md', width: '8rem', align: 'end', sort: 'reservation_count', descFirst: true },
    cell: ({ getValue }) => <span title={formatInteger(getValue())}>{formatCompact(getValue())}</span>,
  }),
  column.accessor('created_at', {
    header: 'Joined',
    meta: { width: '8rem', align: 'end', sort: 'created_at', descFirst: true },
    cell: ({ getValue }) => <RelativeTime at={getValue()} className="text-ink-muted" />,
  }),
])

function Name({ business }: { business: Business }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Avatar name={business.name} color={business.primary_color} />
      <span className="min-w-0">
        <span className="block truncate font-medium text-ink" title={business.name}>
          {business.name}
        </span>
        <span className="block truncate text-[13px] text-ink-muted">{business.full_domain}</span>
      </span>
    </span>
  )
}

interface Props {
  shown: BusinessSearch
  onShow: (shown: BusinessSearch) => void
  /** The business whose panel is open. */
  open: string | undefined
  onOpen: (id: string | undefined) => void
  /** What other features can do with the business that is open. */
  actions?: ReactNode
}

export function BusinessesPage({ shown, onShow, open, onOpen, actions }: Props) {
  const list = useBusinesses(shown)
  const [creating, setCreating] = useState(false)
  const narrowed = shown.search || shown.status || shown.type
  const create = (
    <Button onPress={() => setCreating(true)}>
      <Plus aria-hidden className="size-4" />
      New business
    </Button>
  )
  return (
    <>
      <PageTitle>Businesses</PageTitle>
      <PageHeader title="Businesses" description="Every shop, salon and clinic on the platform.">
        {create}
      </PageHeader>
      <div className="flex flex-wrap items-center gap-2 pb-4">
        <SearchBox
          label="Search businesses"
          placeholder="Name, subdomain, email"
          value={shown.search ?? ''}
          onChange={(search) => onShow({ ...shown, search: search || undefined })}
        />
        <Segmented
          label="State"
          value={shown.status ?? 'all'}
          options={[
            { value: 'all', label: 'All' },
            { value: 'active', label: 'Active' },
            { value: 'inactive', label: 'Inactive' },
          ]}
          onChange={(status) => onShow({ ...shown, status: status === 'all' ? undefined : status })}
        />
        <Select
          label="Type"
          hideLabel
          size="sm"
          className="w-40"
          value={shown.type ?? 'all'}
          options={[{ value: 'all', label: 'All types' }, ...businessTypes]}
          onChange={(type) => onShow({ ...shown, type: type === 'all' ? undefined : type })}
        />
      </div>
      <ListTable
        label="Businesses"
        columns={columns}
        list={list}
        sort={shown.sort}
        defaultSort={DEFAULT_SORT}
        onSort={(sort) => onShow({ ...shown, sort })}
        onOpen={(business) => onOpen(business.id)}
        freshPrefix="business"
        rowTestId="business-row"
        card={(business) => (
          <span className="flex items-center gap-3">
            <span className="min-w-0 flex-1">
              <Name business={business} />
            </span>
            <ActiveBadge active={business.is_active} />
          </span>
        )}
        empty={
          narrowed ? (
            <EmptyState
              icon={<Store />}
              title="No business matches"
              action={
                <Button
                  variant="secondary"
                  size="sm"
                  onPress={() => onShow(shown.sort ? { sort: shown.sort } : {})}
                >
                  Show all
                </Button>
              }
            >
              Try fewer words, or another state or type.
            </EmptyState>
          ) : (
            <EmptyState icon={<Store />} title="No businesses yet" action={create}>
              The first one you create appears here, and on every open dashboard.
            </EmptyState>
          )
        }
      />
      <CreateBusinessDialog
        isOpen={creating}
        onClose={() => setCreating(false)}
        onCreated={(business) => {
          setCreating(false)
          onOpen(business.id)
        }}
      />
      {open && <BusinessPanel key={open} id={open} onClose={() => onOpen(undefined)} actions={actions} />}
    </>
  )
}
