import { useMemo } from 'react'
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { SystemNode } from '@/api'
import { Card } from '@/components/ui'
import { formatCompact, formatFigure, formatLatency } from '@/lib/format'
import {
  coalescing,
  connectionRate,
  connections,
  eventRate,
  lag,
  latest,
  type Measure,
  type Point,
  pointsOf,
  type Sample,
  SPAN,
} from '../history'

interface Kind {
  id: string
  title: string
  note: string
  measure: Measure
  /** Of all nodes together. */
  sum: (values: number[]) => number
  format: (value: number) => string
  /** What it says while there is nothing to draw. */
  quiet: string
}

const add = (values: number[]) => values.reduce((sum, value) => sum + value, 0)
const mean = (values: number[]) => add(values) / values.length
const most = (values: number[]) => Math.max(...values)

const kinds: Kind[] = [
  {
    id: 'connections',
    title: 'Connections',
    note: 'Open now',
    measure: connections,
    sum: add,
    format: (n) => formatCompact(Math.round(n)),
    quiet: 'Waiting for the first figures.',
  },
  {
    id: 'events',
    title: 'Events written',
    note: 'Each second, to all connections',
    measure: eventRate,
    sum: add,
    format: formatFigure,
    quiet: 'A rate takes two answers: it appears in a moment.',
  },
  {
    id: 'coalescing',
    title: 'Coalescing',
    note: 'Events with one system call',
    measure: coalescing,
    sum: mean,
    format: formatFigure,
    quiet: 'Nothing was written in the last minutes.',
  },
  {
    id: 'lag',
    title: 'Lag',
    note: 'Commit to last write, p99 of 10 s',
    measure: lag,
    sum: most,
    format: formatLatency,
    quiet: 'Nothing was written in the last minutes.',
  },
]

const colors = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-3)', 'var(--chart-4)']

interface Series {
  id: string
  name: string
  color: string
  /** From the fifth node on the colours come again, dashed. */
  dash: string | undefined
}

interface Props {
  samples: Sample[]
  nodes: SystemNode[]
  labels: Record<string, string>
}

export default function Charts({ samples, nodes, labels }: Props) {
  const series = nodes.map(({ id }, i) => ({
    id,
    name: labels[id] ?? id,
    color: colors[i % colors.length] ?? 'var(--chart-1)',
    dash: i < colors.length ? undefined : '4 3',
  }))
  const opened = add(
    latest(
      pointsOf(
        samples.slice(-10),
        connectionRate,
        nodes.map(({ id }) => id),
      ),
    ),
  )
  return (
    <section aria-label="The last five minutes">
      {series.length > 1 && <Legend series={series} />}
      <div className="grid gap-5 md:grid-cols-2">
        {kinds.map((kind) => (
          <ChartCard
            key={kind.id}
            kind={kind}
            samples={samples}
            series={series}
            note={
              kind.id === 'connections'
                ? `${kind.note}; ${formatFigure(opened)} opened each second`
                : kind.note
            }
          />
        ))}
      </div>
    </section>
  )
}

function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 pb-3">
      {series.map(({ id, name, color, dash }) => (
        <li key={id} className="flex min-w-0 items-center gap-2 text-xs text-ink-muted">
          <svg aria-hidden="true" className="h-2 w-5 shrink-0">
            <line x1="0" y1="4" x2="20" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
          </svg>
          <span className="truncate" title={name}>
            {name}
          </span>
        </li>
      ))}
    </ul>
  )
}

interface ChartProps {
  kind: Kind
  note: string
  samples: Sample[]
  series: Series[]
}

function ChartCard({ kind, note, samples, series }: ChartProps) {
  const ids = series.map(({ id }) => id).join(' ')
  const points = useMemo(() => pointsOf(samples, kind.measure, ids.split(' ')), [samples, kind, ids])
  const drawn = points.flatMap(({ values }) => Object.values(values)).filter((value) => value !== null)
  const now = latest(points)
  return (
    <Card className="flex flex-col" data-testid={`chart-${kind.id}`}>
      <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-2">
        <div className="min-w-0">
          <h2 className="text-sm font-semibold text-ink">{kind.title}</h2>
          <p className="text-[13px] text-ink-muted">{note}</p>
        </div>
        <p className="shrink-0 text-xl font-semibold text-ink tabular-nums">
          {now.length > 0 ? kind.format(kind.sum(now)) : '—'}
        </p>
      </header>
      {drawn.length > 0 && (
        <p className="sr-only">
          In the last minutes between {kind.format(Math.min(...drawn))} and {kind.format(Math.max(...drawn))}.
        </p>
      )}
      <div className="relative h-44">
        <div className="absolute inset-0 px-3 pb-3">
          {drawn.length > 0 ? (
            <Plot kind={kind} points={points} series={series} />
          ) : (
            <p className="flex h-full items-center justify-center px-6 text-center text-[13px] text-ink-faint">
              {kind.quiet}
            </p>
          )}
        </div>
      </div>
    </Card>
  )
}

const axis = { stroke: 'var(--ink-faint)', fontSize: 12, tickLine: false, axisLine: false } as const

function Plot({ kind, points, series }: { kind: Kind; points: Point[]; series: Series[] }) {
  const end = points.at(-1)?.at ?? 0
  const ticks = [4, 3, 2, 1, 0].map((minutes) => end - minutes * 60_000)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart title={kind.title} data={points} margin={{ top: 6, right: 16, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="at"
          type="number"
          domain={[end - SPAN, end]}
          allowDataOverflow
          ticks={ticks}
          tickFormatter={(at: number) => (at === end ? 'now' : `−${Math.round((end - at) / 60_000)} min`)}
          {...axis}
        />
        <YAxis width={56} domain={[0, 'auto']} tickFormatter={kind.format} tickCount={4} {...axis} />
        <Tooltip
          content={<Tip kind={kind} series={series} />}
          cursor={{ stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
        />
        {series.map(({ id, color, dash }) => (
          <Line
            key={id}
            dataKey={(point: Point) => point.values[id]}
            stroke={color}
            strokeWidth={2}
            {...(dash ? { strokeDasharray: dash } : {})}
            dot={false}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

interface TipProps {
  kind: Kind
  series: Series[]
  active?: boolean
  payload?: readonly { payload?: Point }[]
}

function Tip({ kind, series, active, payload }: TipProps) {
  const point = payload?.[0]?.payload
  if (!active || !point) return null
  return (
    <div className="max-w-64 rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-pop">
      <p className="mb-1 font-medium text-ink">{clock.format(point.at)}</p>
      {series.map(({ id, name, color }) => {
        const value = point.values[id]
        return (
          <p key={id} className="flex items-center gap-2 text-ink-muted">
            <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: color }} />
            <span className="min-w-0 flex-1 truncate pr-4">{name}</span>
            <span className="font-medium text-ink tabular-nums">
              {value === null || value === undefined ? '—' : kind.format(value)}
            </span>
          </p>
        )
      })}
    </div>
  )
}
