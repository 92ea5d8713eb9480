import { type ReactNode, useState } from 'react'
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { labelOfType } from '@/components/status'
import { Card, CardHeader, ErrorState, Segmented, Skeleton } from '@/components/ui'
import {
  formatCompact,
  formatInteger,
  formatMoney,
  formatMonth,
  formatMonthYear,
  formatPercent,
} from '@/lib/format'
import { useMedia } from '@/lib/use-media'
import { type Charts as Figures, useCharts } from '../api/analytics'

interface Series {
  key: string
  name: string
  color: string
}

type Measure = 'reservations' | 'businesses' | 'revenue'

const measures: { value: Measure; label: string }[] = [
  { value: 'reservations', label: 'Reservations' },
  { value: 'businesses', label: 'Businesses' },
  { value: 'revenue', label: 'Revenue' },
]

/** All three in the tip, whichever is drawn. */
const growth: Series[] = [
  { key: 'reservations', name: 'Reservations', color: 'var(--chart-1)' },
  { key: 'businesses', name: 'Businesses', color: 'var(--chart-2)' },
]

const statuses: Series[] = [
  { key: 'confirmed', name: 'Confirmed', color: 'var(--chart-1)' },
  { key: 'completed', name: 'Completed', color: 'var(--chart-4)' },
  { key: 'pending', name: 'Pending', color: 'var(--chart-2)' },
  { key: 'no_show', name: 'No-show', color: 'var(--ink-faint)' },
  { key: 'canceled', name: 'Canceled', color: 'var(--chart-3)' },
]

const axis = { stroke: 'var(--ink-faint)', fontSize: 12, tickLine: false, axisLine: false } as const

export default function Charts() {
  const { data, error, refetch } = useCharts()
  if (error && !data) {
    return (
      <Card>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  return (
    <div className="grid gap-5 lg:grid-cols-2 xl:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_minmax(0,4fr)]">
      <GrowthCard data={data} />
      <Card className="flex flex-col">
        <CardHeader title="Reservations" description="By where they stand now" />
        <Legend series={statuses} />
        <Plot>{data && <Reservations data={data} />}</Plot>
        {data && <MonthTable data={data} />}
      </Card>
      <Card className="flex flex-col lg:col-span-2 xl:col-span-1">
        <CardHeader title="Businesses by type" />
        {data ? <Types data={data} /> : <Skeleton className="mx-5 mb-5 h-56" />}
        {data && <Sums data={data} />}
      </Card>
    </div>
  )
}

function Plot({ children }: { children: ReactNode }) {
  return (
    <div className="relative min-h-60 flex-1">
      <div className="absolute inset-0 px-3 pb-3">{children || <Skeleton className="mx-2 h-full" />}</div>
    </div>
  )
}

function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 px-5 pb-3">
      {series.map(({ key, name, color }) => (
        <li key={key} className="flex items-center gap-1.5 text-xs text-ink-muted">
          <span aria-hidden className="size-2 rounded-full" style={{ background: color }} />
          {name}
        </li>
      ))}
    </ul>
  )
}

function GrowthCard({ data }: { data: Figures | undefined }) {
  const [measure, setMeasure] = useState<Measure>('reservations')
  return (
    <Card className="flex flex-col">
      <CardHeader title="Growth" description="Made in each month">
        <Segmented label="What to show" options={measures} value={measure} onChange={setMeasure} />
      </CardHeader>
      <Plot>{data && <Growth data={data} measure={measure} />}</Plot>
    </Card>
  )
}

function Growth({ data, measure }: { data: Figures; measure: Measure }) {
  const still = useMedia('(prefers-reduced-motion: reduce)')
  return (
    <ResponsiveContainer width="100%" height="100%">
      <AreaChart data={data.analytics.businessGrowth} margin={{ top: 4, right: 12, bottom: 0, left: 0 }}>
        <defs>
          <linearGradient id="fade-growth" x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor="var(--chart-1)" stopOpacity={0.22} />
            <stop offset="1" stopColor="var(--chart-1)" stopOpacity={0} />
          </linearGradient>
        </defs>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="month" tickFormatter={formatMonth} padding={{ left: 12, right: 12 }} {...axis} />
        <YAxis width={44} allowDecimals={false} tickFormatter={formatCompact} {...axis} />
        <Tooltip content={<Tip series={growth} />} cursor={{ stroke: 'var(--line-strong)' }} />
        <Area
          type="monotone"
          dataKey={measure}
          stroke="var(--chart-1)"
          strokeWidth={2}
          fill="url(#fade-growth)"
          isAnimationActive={!still}
          animationDuration={400}
        />
      </AreaChart>
    </ResponsiveContainer>
  )
}

function Reservations({ data }: { data: Figures }) {
  const still = useMedia('(prefers-reduced-motion: reduce)')
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={data.analytics.reservationTrends}
        margin={{ top: 4, right: 12, bottom: 0, left: 0 }}
        barCategoryGap="32%"
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="month" tickFormatter={formatMonth} {...axis} />
        <YAxis width={40} allowDecimals={false} tickFormatter={formatCompact} {...axis} />
        <Tooltip content={<Tip series={statuses} />} cursor={{ fill: 'var(--sunken)' }} />
        {statuses.map(({ key, color }) => (
          <Bar
            key={key}
            dataKey={key}
            stackId="status"
            fill={color}
            stroke="var(--surface)"
            strokeWidth={1}
            isAnimationActive={!still}
            animationDuration={400}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  )
}

interface TipProps {
  series: Series[]
  active?: boolean
  label?: string | number
  payload?: readonly { payload?: Record<string, unknown> }[]
}

function Tip({ series, active, label, payload }: TipProps) {
  const row = payload?.[0]?.payload
  if (!active || !row) return null
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-pop">
      <p className="mb-1 font-medium text-ink">{formatMonthYear(String(label))}</p>
      {series.map(({ key, name, color }) => (
        <p key={key} className="flex items-center gap-2 text-ink-muted">
          <span aria-hidden className="size-2 rounded-full" style={{ background: color }} />
          <span className="flex-1 pr-4">{name}</span>
          <span className="font-medium text-ink tabular-nums">{formatInteger(Number(row[key] ?? 0))}</span>
        </p>
      ))}
      {typeof row.revenue === 'number' && (
        <p className="mt-1 flex justify-between border-t border-line pt-1 text-ink-muted">
          Revenue <span className="font-medium text-ink tabular-nums">{formatMoney(row.revenue)}</span>
        </p>
      )}
    </div>
  )
}

/** What the whole period amounts to. */
function Sums({ data: { analytics } }: { data: Figures }) {
  const { monthlyGrowth: change, totalRevenue } = analytics
  return (
    <dl className="flex flex-col gap-1.5 border-t border-line px-5 py-4 text-[13px]">
      <div className="flex justify-between gap-4">
        <dt className="text-ink-muted">Revenue, in all</dt>
        <dd className="font-medium tabular-nums">{formatMoney(totalRevenue)}</dd>
      </div>
      <div className="flex justify-between gap-4">
        <dt className="text-ink-muted">Reservations, month to date</dt>
        <dd className="font-medium tabular-nums">
          {change === null ? '—' : `${change > 0 ? '+' : ''}${formatPercent(change)}`}
        </dd>
      </div>
    </dl>
  )
}

/** The bars in numbers, for those who do not see them. */
function MonthTable({ data: { analytics } }: { data: Figures }) {
  return (
    <div className="sr-only">
      <table>
        <caption>Reservations by month and status</caption>
        <thead>
          <tr>
            <th>Month</th>
            {statuses.map(({ key, name }) => (
              <th key={key}>{name}</th>
            ))}
            <th>All made in the month</th>
            <th>Businesses</th>
          </tr>
        </thead>
        <tbody>
          {analytics.reservationTrends.map((row, i) => (
            <tr key={row.month}>
              <th>{formatMonthYear(row.month)}</th>
              <td>{row.confirmed}</td>
              <td>{row.completed}</td>
              <td>{row.pending}</td>
              <td>{row.canceled}</td>
              <td>{analytics.businessGrowth[i]?.reservations}</td>
              <td>{analytics.businessGrowth[i]?.businesses}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const typeColors = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-4)', 'var(--chart-3)']

/** Bars instead of slices: four lengths on one scale are compared at a glance. */
function Types({ data: { analytics } }: { data: Figures }) {
  const all = analytics.businessTypes.reduce((sum, type) => sum + type.value, 0)
  const most = Math.max(1, ...analytics.businessTypes.map((type) => type.value))
  return (
    <ul className="flex flex-1 flex-col justify-between gap-4 px-5 pt-1 pb-5">
      {analytics.businessTypes.map((type, i) => (
        <li key={type.name}>
          <div className="mb-1.5 flex items-baseline justify-between gap-3 text-[13px]">
            <span className="font-medium text-ink">{labelOfType(type.name)}</span>
            <span className="text-ink-muted tabular-nums">
              <span className="font-medium text-ink">{formatInteger(type.value)}</span>
              {all > 0 && ` · ${formatPercent(Math.round((type.value / all) * 100))}`}
            </span>
          </div>
          <div aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken dark:bg-line">
            <div
              className="h-full rounded-full transition-[width] duration-500"
              style={{
                width: `${(type.value / most) * 100}%`,
                background: typeColors[i % typeColors.length],
              }}
            />
          </div>
        </li>
      ))}
    </ul>
  )
}
