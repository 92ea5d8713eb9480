import { Plus, Users } from 'lucide-react'
import { useState } from 'react'
import type { User } from '@/api'
import { useMe } from '@/api/me'
import { Avatar } from '@/components/avatar'
import { PageTitle } from '@/components/page-title'
import { PresenceDot } from '@/components/presence-dot'
import { ActiveBadge } from '@/components/status'
import {
  Badge,
  Button,
  ConfirmDialog,
  EmptyState,
  ListTable,
  PageHeader,
  RelativeTime,
  SearchBox,
  Segmented,
  tableColumns,
} from '@/components/ui'
import { formatWord } from '@/lib/format'
import { useOnline } from '@/live'
import { DEFAULT_SORT, type UserSearch, useUsers } from '../api/list'
import { useSetUserActive } from '../api/save'
import { CreateUserDialog } from './create-user-dialog'

const nameOf = (user: User) => `${user.first_name} ${user.last_name}`.trim() || user.email

function Name({ user }: { user: User }) {
  const isOnline = useOnline()
  return (
    <span className="flex min-w-0 items-center gap-3">
      <span className="relative shrink-0">
        <Avatar name={nameOf(user)} className="rounded-full" />
        <PresenceDot online={isOnline(user.id)} className="absolute right-0 bottom-0" />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium text-ink" title={nameOf(user)}>
          {nameOf(user)}
        </span>
        <span className="block truncate text-[13px] text-ink-muted" title={user.email}>
          {user.email}
        </span>
      </span>
    </span>
  )
}

const column = tableColumns<User>()

const columnsFor = (me: User, ask: (user: User) => void) =>
  column.columns([
    column.accessor('email', {
      header: 'Name',
      meta: { width: 'minmax(0,2fr)', sort: 'name' },
      cell: ({ row: { original: user } }) => <Name user={user} />,
    }),
    column.accessor('user_type', {
      header: 'Role',
      cell: ({ getValue }) => (
        <Badge tone={getValue() === 'super_admin' ? 'accent' : 'neutral'}>{formatWord(getValue())}</Badge>
      ),
    }),
    column.accessor('business_details', {
      header: 'Business',
      meta: { from: 'lg' },
      cell: ({ getValue }) => <span title={getValue()?.name}>{getValue()?.name ?? '—'}</span>,
    }),
    column.accessor('is_active', {
      header: 'State',
      meta: { width: '7rem' },
      cell: ({ getValue }) => <ActiveBadge active={getValue()} />,
    }),
    column.accessor('last_login', {
      header: 'Last sign-in',
      meta: { from: 'md', width: '8rem', sort: 'last_login', descFirst: true },
      cell: ({ getValue }) => {
        const at = getValue()
        return at ? (
          <RelativeTime at={at} className="text-ink-muted" />
        ) : (
          <span className="text-ink-faint">never</span>
        )
      },
    }),
    column.accessor('created_at', {
      header: 'Joined',
      meta: { from: 'xl', width: '8rem', sort: 'created_at', descFirst: true },
      cell: ({ getValue }) => <RelativeTime at={getValue()} className="text-ink-muted" />,
    }),
    column.display({
      id: 'actions',
      header: () => <span className="sr-only">Actions</span>,
      meta: { width: '7rem', align: 'end' },
      cell: ({ row: { original: user } }) =>
        user.id === me.id ? (
          <span className="text-[13px] text-ink-faint">you</span>
        ) : (
          <Button variant="quiet" size="sm" onPress={() => ask(user)}>
            {user.is_active ? 'Deactivate' : 'Activate'}
          </Button>
        ),
    }),
  ])

interface Props {
  shown: UserSearch
  onShow: (shown: UserSearch) => void
}

export function UsersPage({ shown, onShow }: Props) {
  const me = useMe()
  const list = useUsers(shown)
  const setActive = useSetUserActive()
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<User>()
  const [columns] = useState(() => columnsFor(me, setAsked))
  const narrowed = shown.search || shown.type || shown.status
  return (
    <>
      <PageTitle>Users</PageTitle>
      <PageHeader title="Users" description="Everybody who can sign in. Owners are made with their business.">
        <Button onPress={() => setCreating(true)}>
          <Plus aria-hidden className="size-4" />
          New super admin
        </Button>
      </PageHeader>
      <div className="flex flex-wrap items-center gap-2 pb-4">
        <SearchBox
          label="Search users"
          placeholder="Name, email, phone"
          value={shown.search ?? ''}
          onChange={(search) => onShow({ ...shown, search: search || undefined })}
        />
        <Segmented
          label="Role"
          value={shown.type ?? 'all'}
          options={[
            { value: 'all', label: 'All' },
            { value: 'business_owner', label: 'Owners' },
            { value: 'super_admin', label: 'Super admins' },
          ]}
          onChange={(type) => onShow({ ...shown, type: type === 'all' ? undefined : type })}
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
      </div>
      <ListTable
        label="Users"
        columns={columns}
        list={list}
        sort={shown.sort}
        defaultSort={DEFAULT_SORT}
        onSort={(sort) => onShow({ ...shown, sort })}
        freshPrefix="user"
        rowTestId="user-row"
        card={(user) => (
          <span className="flex items-center gap-3">
            <span className="min-w-0 flex-1">
              <Name user={user} />
            </span>
            <ActiveBadge active={user.is_active} />
            {user.id !== me.id && (
              <Button variant="quiet" size="sm" onPress={() => setAsked(user)}>
                {user.is_active ? 'Deactivate' : 'Activate'}
              </Button>
            )}
          </span>
        )}
        empty={
          <EmptyState
            icon={<Users />}
            title={narrowed ? 'No user matches' : 'No users'}
            action={
              narrowed && (
                <Button variant="secondary" size="sm" onPress={() => onShow({})}>
                  Show all
                </Button>
              )
            }
          >
            Try fewer words, or another role or state.
          </EmptyState>
        }
      />
      <CreateUserDialog isOpen={creating} onClose={() => setCreating(false)} />
      {asked && (
        <ConfirmDialog
          title={`${asked.is_active ? 'Deactivate' : 'Activate'} ${nameOf(asked)}?`}
          action={asked.is_active ? 'Deactivate' : 'Activate'}
          danger={asked.is_active}
          isOpen
          onClose={() => setAsked(undefined)}
          onConfirm={() => setActive.mutateAsync({ id: asked.id, active: !asked.is_active })}
        >
          {asked.is_active
            ? 'They are signed out everywhere at once and cannot sign in until they are activated again.'
            : 'They can sign in again with the password they had.'}
        </ConfirmDialog>
      )}
    </>
  )
}
