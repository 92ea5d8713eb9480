import { Radio } from 'lucide-react'
import type { SystemNode } from '@/api'
import { Card, CardHeader, DataTable, EmptyState, tableColumns } from '@/components/ui'
import { formatBytes, formatCompact, formatInteger } from '@/lib/format'
import { channelWords } from '../words'

/** A channel over all servers. */
interface Row {
  id: string
  about: string
  head: number
  subscribers: number
  events: number
  bytes: number
}

function rowsOf(nodes: SystemNode[]): Row[] {
  const rows = new Map<string, Row>()
  for (const channel of nodes.flatMap((node) => node.figures.channels)) {
    const row = rows.get(channel.name) ?? {
      id: channel.name,
      about: channel.about,
      head: 0,
      subscribers: 0,
      events: 0,
      bytes: 0,
    }
    rows.set(channel.name, {
      ...row,
      head: Math.max(row.head, channel.head),
      subscribers: row.subscribers + channel.subscribers,
      events: row.events + channel.ring_events,
      bytes: row.bytes + channel.ring_bytes,
    })
  }
  return [...rows.values()].sort(
    (a, b) => b.subscribers - a.subscribers || b.head - a.head || (a.id < b.id ? -1 : 1),
  )
}

const column = tableColumns<Row>()

const columns = column.columns([
  column.accessor('id', {
    header: 'Channel',
    meta: { width: 'minmax(0,2fr)' },
    cell: ({ row: { original } }) => <Name row={original} />,
  }),
  column.accessor('head', {
    header: 'Head',
    meta: { width: '5rem', align: 'end' },
    cell: ({ getValue }) => <span title={formatInteger(getValue())}>{formatCompact(getValue())}</span>,
  }),
  column.accessor('subscribers', {
    header: 'Followers',
    meta: { width: '5.5rem', align: 'end' },
    cell: ({ getValue }) => formatCompact(getValue()),
  }),
  column.accessor('events', {
    header: 'In memory',
    meta: { width: '7rem', align: 'end', from: 'md' },
    cell: ({ row: { original } }) => <Memory row={original} />,
  }),
])

function Name({ row }: { row: Row }) {
  const { title, about } = channelWords(row.id, row.about)
  return (
    <span className="block min-w-0" title={row.id}>
      <span className="block truncate font-medium text-ink">{title}</span>
      <span className="block truncate text-[13px] text-ink-muted">{about}</span>
    </span>
  )
}

function Memory({ row }: { row: Row }) {
  return (
    <span className="block">
      <span className="block text-ink">{formatCompact(row.events)} events</span>
      <span className="block text-[13px] text-ink-muted">{formatBytes(row.bytes)}</span>
    </span>
  )
}

/** How far the channels have come that most people follow. */
export function ChannelsCard({ nodes }: { nodes: SystemNode[] }) {
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Channels"
        description="Those that most follow, 20 of each server. The head is the newest event; what is in memory need not be read from the log."
      />
      <div className="border-t border-line">
        <DataTable
          label="Channels"
          columns={columns}
          rows={rowsOf(nodes)}
          rowTestId="channel-row"
          card={(row) => (
            <div className="flex items-center gap-4">
              <span className="min-w-0 flex-1">
                <Name row={row} />
              </span>
              <span className="text-right text-[13px] text-ink-muted tabular-nums">
                <span className="block font-medium text-ink">head {formatCompact(row.head)}</span>
                {formatCompact(row.subscribers)} followers
              </span>
            </div>
          )}
          empty={
            <EmptyState icon={<Radio />} title="No channel is followed">
              A channel becomes active when the first client follows it.
            </EmptyState>
          }
        />
      </div>
    </Card>
  )
}
