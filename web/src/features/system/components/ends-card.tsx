import type { SystemNode } from '@/api'
import { Card, CardHeader } from '@/components/ui'
import { formatCompact, formatInteger } from '@/lib/format'
import { closeOf, refusalOf } from '../words'

interface Line {
  key: string
  title: string
  meaning: string
  count: number
}

/** Adds up what several servers counted, largest first. */
function sum<T extends { count: number }>(
  counts: T[],
  key: (count: T) => string,
  words: (count: T) => { title: string; meaning: string },
): Line[] {
  const lines = new Map<string, Line>()
  for (const each of counts) {
    const line = lines.get(key(each)) ?? { key: key(each), ...words(each), count: 0 }
    lines.set(line.key, { ...line, count: line.count + each.count })
  }
  return [...lines.values()].sort((a, b) => b.count - a.count)
}

/** Why connections were refused or ended, since the servers started. */
export function EndsCard({ nodes }: { nodes: SystemNode[] }) {
  const sockets = nodes.map((node) => node.figures.sockets)
  const closes = sum(
    sockets.flatMap((s) => s.closes),
    ({ code }) => String(code),
    ({ code }) => ({ ...closeOf(code), title: `${code} ${closeOf(code).title}` }),
  )
  const refused = sum(
    sockets.flatMap((s) => s.refused),
    ({ reason }) => reason,
    ({ reason }) => refusalOf(reason),
  )
  return (
    <Card className="overflow-hidden">
      <CardHeader title="Refused and closed" description="Since the servers above started" />
      <Lines label="Refused handshakes" lines={refused} none="None: everybody who may connect was let in." />
      <Lines label="Closed connections" lines={closes} none="None so far." />
    </Card>
  )
}

function Lines({ label, lines, none }: { label: string; lines: Line[]; none: string }) {
  return (
    <section className="border-t border-line px-5 py-4">
      <h3 className="pb-2 text-xs font-medium text-ink-muted">{label}</h3>
      {lines.length === 0 ? (
        <p className="text-[13px] text-ink-muted">{none}</p>
      ) : (
        <ul className="flex flex-col gap-3">
          {lines.map(({ key, title, meaning, count }) => (
            <li key={key} className="flex items-start gap-4">
              <div className="min-w-0 flex-1">
                <p className="font-medium break-words text-ink">{title}</p>
                <p className="text-[13px] text-ink-muted">{meaning}</p>
              </div>
              <p className="font-semibold text-ink tabular-nums" title={formatInteger(count)}>
                {formatCompact(count)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
