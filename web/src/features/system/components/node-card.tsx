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

const secondsSince = (instant: string, now: string) =>
  Math.max(0, (Date.parse(now) - Date.parse(instant)) / 1000)

/** One server that lives: who it is, and what it holds. */
export function NodeCard({ node, now }: { node: SystemNode; now: string }) {
  const { name, address, version, started_at: started, figures } = node
  return (
    <li
      data-testid="node-card"
      data-connections={figures.sockets.connections}
      className={cx(cardClass, 'flex flex-col overflow-hidden')}
    >
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 pt-4 pb-3">
        <div className="min-w-0 flex-1 basis-40">
          <h2 className="truncate text-sm font-semibold text-ink" title={name}>
            {name}
          </h2>
          <p className="truncate text-[13px] text-ink-muted" title={`${address} · ${version}`}>
            {address} · {version}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-3">
          <span className="text-[13px] text-ink-muted tabular-nums" title={`Since ${formatExact(started)}`}>
            up {formatDuration(secondsSince(started, now))}
          </span>
          <Badge tone="good" dot>
            Live
          </Badge>
        </div>
      </header>
      <Figures figures={figures} />
      <Layer layer={figures.layer} now={now} />
    </li>
  )
}

/** A server that dies at every start leaves a line each time: so many are shown. */
const SHOWN = 5

/** The servers that fell silent, and what that means. */
export function GoneCard({ nodes, now }: { nodes: SystemNode[]; now: string }) {
  const newest = [...nodes].sort((a, b) => Date.parse(b.seen_at) - Date.parse(a.seen_at))
  return (
    <li data-testid="gone-card" className={cx(cardClass, 'col-span-full')}>
      <p className="flex items-start gap-2 px-5 py-4 text-[13px] text-ink-muted">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <span>
          {nodes.length === 1 ? 'A server fell' : `${formatInteger(nodes.length)} servers fell`} silent
          without having stopped: the process died, or it cannot write to the database. Look at its log. Its
          clients go on by themselves at another server. One that starts again appears as a new one, and what
          is gone is forgotten after a day.
        </span>
      </p>
      <ul className="divide-y divide-line border-t border-line">
        {newest.slice(0, SHOWN).map(({ id, name, address, version, seen_at: seen }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
            <span className="min-w-0 flex-1 basis-48 truncate" title={`${name} · ${address} · ${version}`}>
              <span className="font-medium text-ink">{name}</span>{' '}
              <span className="text-[13px] text-ink-muted">
                {address} · {version}
              </span>
            </span>
            <time
              dateTime={seen}
              title={formatExact(seen)}
              className="text-[13px] whitespace-nowrap text-ink-muted tabular-nums"
            >
              silent for {formatDuration(secondsSince(seen, now))}
            </time>
            <Badge tone="bad" dot>
              Gone
            </Badge>
          </li>
        ))}
        {nodes.length > SHOWN && (
          <li className="px-5 py-3 text-[13px] text-ink-muted">
            and {formatInteger(nodes.length - SHOWN)} more, of longer ago
          </li>
        )}
      </ul>
    </li>
  )
}

function Figures({ figures: { sockets, hub, process } }: { figures: SystemNode['figures'] }) {
  return (
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
      <Figure label="Lagging" note={`${formatBytes(sockets.queue_bytes)} waiting`} warn={sockets.lagging > 0}>
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

/** How the server hears of others. */
function Layer({ layer, now }: { layer: SystemNode['figures']['layer']; now: string }) {
  const name = layer.kind === 'redis' ? 'Redis' : `The channel layer (${layer.kind})`
  const time = formatDuration(secondsSince(layer.since, now))
  const dropped =
    layer.dropped > 0 && ` ${formatInteger(layer.dropped)} hints were never sent; the log has their events.`
  if (!layer.connected) {
    return (
      <p className="flex items-start gap-2 border-t border-line bg-warn-soft px-5 py-3 text-[13px] text-warn">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 break-words">
          {name} has been away for {time}: live updates of other servers come late, none is lost.
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
          ? 'Without Redis: what other servers do it reads from the log.'
          : `${name} has been connected for ${time}.`}
        {dropped}
      </span>
    </p>
  )
}
