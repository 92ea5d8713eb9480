import { CircleAlert, Share2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SystemNode } from '@/api'
import { Badge, cardClass } from '@/components/ui'
import { cx } from '@/lib/cx'
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatExact,
  formatInteger,
  formatLatency,
} from '@/lib/format'

/** One server: who it is, whether it lives, and what it holds. */
export function NodeCard({ node, now }: { node: SystemNode; now: string }) {
  const seconds = (since: string) => Math.max(0, (Date.parse(now) - Date.parse(since)) / 1000)
  return (
    <li
      data-testid="node-card"
      data-connections={node.figures.sockets.connections}
      className={cx(cardClass, 'flex flex-col overflow-hidden', node.gone && 'col-span-full')}
    >
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 pt-4 pb-3">
        <div className="min-w-0 flex-1 basis-40">
          <h2 className="truncate text-sm font-semibold text-ink" title={node.name}>
            {node.name}
          </h2>
          <p className="truncate text-[13px] text-ink-muted" title={`${node.address} · ${node.version}`}>
            {node.address} · {node.version}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-3">
          {!node.gone && (
            <span
              className="text-[13px] text-ink-muted tabular-nums"
              title={`Since ${formatExact(node.started_at)}`}
            >
              up {formatDuration(seconds(node.started_at))}
            </span>
          )}
          <Badge tone={node.gone ? 'bad' : 'good'} dot>
            {node.gone ? 'Gone' : 'Live'}
          </Badge>
        </div>
      </header>
      {node.gone ? (
        <Gone silent={formatDuration(seconds(node.seen_at))} seen={node.seen_at} />
      ) : (
        <Live node={node} now={now} />
      )}
    </li>
  )
}

function Gone({ silent, seen }: { silent: string; seen: string }) {
  return (
    <p className="flex items-start gap-2 border-t border-line px-5 py-4 text-[13px] text-ink-muted">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <span>
        It fell silent{' '}
        <time dateTime={seen} title={formatExact(seen)}>
          {silent} ago
        </time>{' '}
        without having stopped: the process died, or it cannot write to the database. Look at its log. Clients
        go on by themselves at another server. A server that starts again appears as a new one; this one is
        forgotten after a day.
      </span>
    </p>
  )
}

function Live({ node: { figures }, now }: { node: SystemNode; now: string }) {
  const { sockets, hub, process } = figures
  return (
    <>
      <dl className="grid grid-cols-2 gap-px border-t border-line bg-line sm:grid-cols-4">
        <Figure
          label="Connections"
          note={`${formatCompact(sockets.streams)} streams`}
          title={formatInteger(sockets.connections)}
        >
          {formatCompact(sockets.connections)}
        </Figure>
        <Figure
          label="People"
          note={`${formatCompact(hub.subscriptions)} subscriptions`}
          title={formatInteger(sockets.users)}
        >
          {formatCompact(sockets.users)}
        </Figure>
        <Figure
          label="Lagging"
          note={`${formatBytes(sockets.queue_bytes)} waiting`}
          warn={sockets.lagging > 0}
        >
          {formatCompact(sockets.lagging)}
        </Figure>
        <Figure
          label="Lag, p99"
          note="since the start"
          title={`From a commit to its last write; p50 ${formatLatency(sockets.last_write.p50)}`}
        >
          {sockets.last_write.count === 0 ? '—' : formatLatency(sockets.last_write.p99)}
        </Figure>
        <Figure label="Memory" note={`${formatBytes(process.heap_bytes)} heap`}>
          {process.rss_bytes === 0 ? '—' : formatBytes(process.rss_bytes)}
        </Figure>
        <Figure
          label="Descriptors"
          note={`of ${formatCompact(process.max_descriptors)}`}
          warn={process.descriptors > process.max_descriptors * 0.9}
        >
          {process.descriptors === 0 ? '—' : formatCompact(process.descriptors)}
        </Figure>
        <Figure label="Goroutines" note={`${formatCompact(hub.channels)} channels`}>
          {formatCompact(process.goroutines)}
        </Figure>
        <Figure
          label="Pass, p99"
          note="since the start"
          title={`Over a loop's connections; p50 ${formatLatency(sockets.pass_time.p50)}`}
        >
          {sockets.pass_time.count === 0 ? '—' : formatLatency(sockets.pass_time.p99)}
        </Figure>
      </dl>
      <Layer node={figures.layer} now={now} />
    </>
  )
}

interface FigureProps {
  label: string
  note: string
  title?: string
  warn?: boolean
  children: ReactNode
}

function Figure({ label, note, title, warn, children }: FigureProps) {
  return (
    <div className="min-w-0 bg-surface px-5 py-3">
      <dt className="truncate text-[13px] text-ink-muted" title={label}>
        {label}
      </dt>
      <dd
        title={title}
        className={cx('truncate text-lg font-semibold tabular-nums', warn ? 'text-warn' : 'text-ink')}
      >
        {children}
      </dd>
      <dd className="truncate text-xs text-ink-faint tabular-nums" title={note}>
        {note}
      </dd>
    </div>
  )
}

/** How the node hears of others. */
function Layer({ node: layer, now }: { node: SystemNode['figures']['layer']; now: string }) {
  const name = layer.kind === 'redis' ? 'Redis' : layer.kind === 'memory' ? 'No channel layer' : layer.kind
  const since = formatDuration(Math.max(0, (Date.parse(now) - Date.parse(layer.since)) / 1000))
  const dropped =
    layer.dropped > 0
      ? ` ${formatInteger(layer.dropped)} hints were never sent; the log has their events.`
      : ''
  if (!layer.connected) {
    return (
      <p className="flex items-start gap-2 border-t border-line bg-warn-soft px-5 py-3 text-[13px] text-warn">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 break-words">
          {name} is not connected since {since}: live updates of other servers come late, none is lost.
          {layer.last_error && ` It says: ${layer.last_error}.`} Check that it runs, and REDIS_URL.{dropped}
        </span>
      </p>
    )
  }
  return (
    <p className="flex items-start gap-2 border-t border-line px-5 py-3 text-[13px] text-ink-muted">
      <Share2 aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <span>
        {layer.kind === 'memory'
          ? 'On its own: without Redis it reads from the log what other servers do.'
          : `${name} is connected since ${since}.`}
        {dropped}
      </span>
    </p>
  )
}
