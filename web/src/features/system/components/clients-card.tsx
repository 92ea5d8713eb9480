import { PlugZap } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { SlowClient, SystemNode } from '@/api'
import { Avatar } from '@/components/avatar'
import {
  Badge,
  Button,
  Card,
  CardHeader,
  ConfirmDialog,
  DataTable,
  EmptyState,
  RelativeTime,
  tableColumns,
  toast,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatBytes, formatDuration, formatInteger } from '@/lib/format'
import { useDisconnect } from '../api/disconnect'
import { channelWords } from '../words'

/** A connection, with the server that holds it. */
interface Row {
  id: string
  client: SlowClient
  node: string
}

/** Past half of the time after which a server closes such a connection, in seconds. */
const LONG = 15

function rowsOf(nodes: SystemNode[], labels: Record<string, string>): Row[] {
  return nodes
    .flatMap((node) =>
      node.figures.clients.map((client) => ({
        id: `${node.id}:${client.id}`,
        client,
        node: labels[node.id] ?? node.name,
      })),
    )
    .sort(
      ({ client: a }, { client: b }) =>
        b.stuck_for - a.stuck_for || b.behind - a.behind || Date.parse(a.opened_at) - Date.parse(b.opened_at),
    )
}

/** An open booking page is nobody's: it has no sign-in to end. */
const isVisitor = (client: SlowClient) => client.user_id === ''

const nameOf = (client: SlowClient) =>
  client.user_name || (isVisitor(client) ? 'A visitor' : 'Somebody unknown')

interface Props {
  nodes: SystemNode[]
  labels: Record<string, string>
}

/** Who is slowest, and the means to end it. */
export function ClientsCard({ nodes, labels }: Props) {
  const [asked, setAsked] = useState<SlowClient>()
  const disconnect = useDisconnect()
  const several = nodes.length > 1
  const columns = useMemo(() => columnsFor(several, setAsked), [several])
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Slowest clients"
        description="Stuck longest or furthest behind, 20 of each server at most. One that takes nothing for 30 s is closed, and catches up when it comes back."
      />
      <div className="border-t border-line">
        <DataTable
          label="Slowest clients"
          columns={columns}
          rows={rowsOf(nodes, labels)}
          rowTestId="client-row"
          card={(row) => <ClientCard row={row} several={several} onAsk={setAsked} />}
          empty={
            <EmptyState icon={<PlugZap />} title="Nobody is connected">
              Whoever opens a page that is live appears here within two seconds.
            </EmptyState>
          }
        />
      </div>
      {asked && (
        <ConfirmDialog
          title={`Disconnect ${nameOf(asked)}?`}
          action="Disconnect"
          danger
          isOpen
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await disconnect.mutateAsync(asked.session_id)
            toast.success(`${nameOf(asked)} is disconnected`)
          }}
        >
          <p>
            This ends the sign-in behind the connection. All of its tabs are signed out at once, on every
            server, and {asked.user_email || 'whoever it is'} has to sign in again there. What they saved
            stays; other devices of theirs are not touched.
          </p>
        </ConfirmDialog>
      )}
    </Card>
  )
}

const column = tableColumns<Row>()

const columnsFor = (several: boolean, ask: (client: SlowClient) => void) =>
  column.columns([
    column.display({
      id: 'user',
      header: 'User',
      meta: { width: 'minmax(0,3fr)' },
      cell: ({ row: { original } }) => <Name client={original.client} />,
    }),
    column.display({
      id: 'connection',
      header: 'Connection',
      meta: { width: 'minmax(0,2fr)', from: 'md' },
      cell: ({ row: { original } }) => <Connection row={original} several={several} />,
    }),
    column.display({
      id: 'channels',
      header: 'Channels',
      meta: { width: 'minmax(0,2fr)', from: 'lg' },
      cell: ({ row: { original } }) => <Channels names={original.client.channels} />,
    }),
    column.display({
      id: 'opened',
      header: 'Opened',
      meta: { width: '6.5rem', from: 'xl' },
      cell: ({ row: { original } }) => (
        <RelativeTime at={original.client.opened_at} className="text-ink-muted" />
      ),
    }),
    column.display({
      id: 'behind',
      header: 'Behind',
      meta: { width: '6rem', align: 'end' },
      cell: ({ row: { original } }) => <Behind client={original.client} />,
    }),
    column.display({
      id: 'stuck',
      header: 'Stuck for',
      meta: { width: '5.5rem', align: 'end' },
      cell: ({ row: { original } }) => <Stuck client={original.client} />,
    }),
    column.display({
      id: 'actions',
      header: () => <span className="sr-only">Actions</span>,
      meta: { width: '7rem', align: 'end' },
      cell: ({ row: { original } }) => <Action client={original.client} onAsk={ask} />,
    }),
  ])

function Name({ client }: { client: SlowClient }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Avatar name={nameOf(client)} className="rounded-full" />
      <span className="min-w-0">
        <span className="block truncate font-medium text-ink" title={nameOf(client)}>
          {nameOf(client)}
        </span>
        <span
          className="block truncate text-[13px] text-ink-muted"
          title={`${client.user_email}, from ${client.address}`}
        >
          {client.user_email || client.user_id || client.address}
        </span>
      </span>
    </span>
  )
}

const kinds: Record<string, string> = { websocket: 'WebSocket', stream: 'Event stream' }

const kindOf = (client: SlowClient) => kinds[client.kind] ?? client.kind

function Connection({ row: { client, node }, several }: { row: Row; several: boolean }) {
  return (
    <span className="block min-w-0">
      <span className="block truncate text-ink">{kindOf(client)}</span>
      {several && (
        <span className="block truncate text-[13px] text-ink-muted" title={node}>
          {node}
        </span>
      )}
    </span>
  )
}

function Channels({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="text-ink-faint">none</span>
  const titles = names.map((name) => channelWords(name).title)
  return (
    <span title={names.join('\n')} className="text-ink-muted">
      {titles.length > 3
        ? `${titles.slice(0, 2).join(', ')} and ${titles.length - 2} more`
        : titles.join(', ')}
    </span>
  )
}

/** How many events wait for it, and the bytes that its socket does not take. */
function Behind({ client: { behind, queue_bytes: queued } }: { client: SlowClient }) {
  return (
    <span className="block">
      <span className={cx('block', behind > 0 && 'font-medium text-warn')}>{formatInteger(behind)}</span>
      {queued > 0 && <span className="block text-[13px] text-ink-muted">{formatBytes(queued)}</span>}
    </span>
  )
}

function Stuck({ client: { stuck_for: stuck } }: { client: SlowClient }) {
  if (stuck === 0) return <span className="text-ink-faint">—</span>
  return (
    <span className={cx('font-medium', stuck >= LONG ? 'text-bad' : 'text-warn')}>
      {stuck < 1 ? '< 1 s' : formatDuration(stuck)}
    </span>
  )
}

function Action({ client, onAsk }: { client: SlowClient; onAsk: (client: SlowClient) => void }) {
  if (client.own) {
    return (
      <span title="This is the sign-in you are using. To end it, sign out." className="px-3">
        <Badge>You</Badge>
      </span>
    )
  }
  if (isVisitor(client)) return null
  return (
    <Button
      variant="quiet"
      size="sm"
      aria-label={`Disconnect ${nameOf(client)}`}
      onPress={() => onAsk(client)}
    >
      Disconnect
    </Button>
  )
}

interface CardProps {
  row: Row
  several: boolean
  onAsk: (client: SlowClient) => void
}

/** The same on a phone. */
function ClientCard({ row: { client, node }, several, onAsk }: CardProps) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1">
          <Name client={client} />
        </span>
        <Action client={client} onAsk={onAsk} />
      </div>
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-[13px] text-ink-muted">
        <span className={cx(client.behind > 0 && 'font-medium text-warn')}>
          {formatInteger(client.behind)} behind
        </span>
        {client.stuck_for > 0 && (
          <span>
            stuck for <Stuck client={client} />
          </span>
        )}
        {client.queue_bytes > 0 && <span>{formatBytes(client.queue_bytes)} waiting</span>}
        <span>{several ? `${kindOf(client)} at ${node}` : kindOf(client)}</span>
        <span className="min-w-0 truncate">
          <Channels names={client.channels} />
        </span>
      </p>
    </div>
  )
}
