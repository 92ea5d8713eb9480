import { CalendarCheck, type LucideIcon, Store, TrendingDown, TrendingUp, Users, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PlatformTotals, Trend } from '@/api'
import { Card, cardClass, ErrorState, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatCompact, formatInteger, formatPercent } from '@/lib/format'
import { useOverview } from '../api/stats'

interface Figure {
  id: string
  label: string
  icon: LucideIcon
  value: (t: PlatformTotals) => number
  note: (t: PlatformTotals) => ReactNode
}

const figures: Figure[] = [
  {
    id: 'total-users',
    label: 'Users',
    icon: Users,
    value: (t) => t.total_users,
    note: (t) => <TrendNote trend={t.trends.users} />,
  },
  {
    id: 'total-businesses',
    label: 'Businesses',
    icon: Store,
    value: (t) => t.total_businesses,
    note: (t) => <TrendNote trend={t.trends.businesses} />,
  },
  {
    id: 'active-businesses',
    label: 'Active businesses',
    icon: Zap,
    value: (t) => t.active_businesses,
    note: (t) => <Share part={t.active_businesses} whole={t.total_businesses} />,
  },
  {
    id: 'reservations-last-30-days',
    label: 'Reservations, last 30 days',
    icon: CalendarCheck,
    value: (t) => t.reservations_last_30_days,
    note: (t) => <TrendNote trend={t.trends.reservations} total={t.total_reservations} />,
  },
]

export function TotalsRow() {
  const { data, error, refetch } = useOverview()
  if (error && !data) {
    return (
      <Card>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  return (
    <dl className="grid grid-cols-2 gap-3 sm:gap-5 xl:grid-cols-4">
      {figures.map(({ id, label, icon: Icon, value, note }) => (
        <div key={id} className={cx(cardClass, 'flex flex-col p-4 sm:p-5')}>
          <dt className="flex items-center justify-between gap-2 text-[13px] font-medium text-ink-muted">
            <span className="line-clamp-2 sm:truncate">{label}</span>
            <Icon aria-hidden className="hidden size-4 shrink-0 text-ink-faint sm:block" />
          </dt>
          <dd
            data-testid={`stat-${id}`}
            data-value={data ? value(data.totals) : undefined}
            title={data && formatInteger(value(data.totals))}
            className="mt-2 text-[26px] leading-9 font-semibold tracking-tight text-ink tabular-nums sm:text-3xl"
          >
            {data ? formatCompact(value(data.totals)) : <Skeleton className="my-1.5 h-6 w-20" />}
          </dd>
          <dd className="mt-1.5 flex min-h-5 flex-wrap items-center gap-x-1.5 text-xs text-ink-muted">
            {data ? note(data.totals) : <Skeleton className="h-3 w-28" />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** What the last 30 days brought, against the 30 before. Nothing to compare with is said, not counted. */
function TrendNote({ trend, total }: { trend: Trend; total?: number }) {
  const { change_percent: change, last_30_days: now, previous_30_days: before } = trend
  const of = total === undefined ? `${formatInteger(now)} in 30 days` : `${formatInteger(total)} in all`
  const title = `${formatInteger(now)} in the last 30 days, ${formatInteger(before)} in the 30 before`
  if (change === null) {
    return (
      <span title={title}>
        {now > 0 ? <span className="font-medium text-good">New</span> : '—'}
        <span className="text-ink-faint">
          {' '}
          <Dot /> {of}
        </span>
      </span>
    )
  }
  const Icon = change < 0 ? TrendingDown : TrendingUp
  return (
    <span title={title} className="inline-flex flex-wrap items-center gap-x-1">
      <span
        className={cx(
          'inline-flex items-center gap-1 font-medium tabular-nums',
          change > 0 ? 'text-good' : change < 0 ? 'text-bad' : 'text-ink-muted',
        )}
      >
        {change !== 0 && <Icon aria-hidden className="size-3.5" />}
        {change > 0 && '+'}
        {formatPercent(change)}
      </span>
      <span className="text-ink-faint">
        <Dot /> {of}
      </span>
    </span>
  )
}

function Share({ part, whole }: { part: number; whole: number }) {
  const percent = whole === 0 ? 0 : (part / whole) * 100
  return (
    <span className="flex w-full items-center gap-2.5">
      <span aria-hidden className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-line">
        <span
          className="block h-full rounded-full bg-accent transition-[width]"
          style={{ width: `${percent}%` }}
        />
      </span>
      <span className="shrink-0 tabular-nums">{whole === 0 ? '—' : `${formatPercent(percent)} of all`}</span>
    </span>
  )
}

/** Between two notes on one line; on a phone they stand below each other. */
function Dot() {
  return (
    <span aria-hidden className="hidden sm:inline">
      ·
    </span>
  )
}
