import { useState } from 'react'
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { Card, CardHeader, EmptyState, ErrorState, Segmented, Skeleton } from '@/components/ui'
import { formatCompact, formatInteger, formatMoney } from '@/lib/format'
import { useMedia } from '@/lib/use-media'
import { useDays } from '../api/days'

type Measure = 'reservations' | 'revenue'

const statuses = [
  { key: 'confirmed', name: 'Confirmed', color: 'var(--chart-1)' },
  { key: 'completed', name: 'Completed', color: 'var(--chart-4)' },
  { key: 'pending', name: 'Pending', color: 'var(--chart-2)' },
  { key: 'no_show', name: 'No-show', color: 'var(--ink-faint)' },
  { key: 'canceled', name: 'Canceled', color: 'var(--chart-3)' },
] as const

const revenue = [{ key: 'revenue', name: 'Revenue', color: 'var(--chart-1)' }] as const

const axis = { stroke: 'var(--ink-faint)', fontSize: 12, tickLine: false, axisLine: false } as const
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const formatDate = (date: string) => day.format(new Date(`${date}T00:00:00Z`))

/** What was booked on each of the last days, by what has become of it. */
export default function DaysChart() {
  const { data, error, refetch } = useDays()
  const [measure, setMeasure] = useState<Measure>('reservations')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const series = measure === 'revenue' ? revenue : statuses
  const none = data?.days.every((d) => d.reservations === 0)
  return (
    <Card className="mb-6 flex flex-col">
      <CardHeader title="The last 30 days" description="By the day on which they were booked">
        <Segmented
          label="What to show"
          value={measure}
          onChange={setMeasure}
          options={[
            { value: 'reservations', label: 'Reservations' },
            { value: 'revenue', label: 'Revenue' },
          ]}
        />
      </CardHeader>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : none ? (
        <EmptyState title="Nothing was booked in this time">
          Share your booking page to change that.
        </EmptyState>
      ) : (
        <>
          <ul className="flex flex-wrap gap-x-4 gap-y-1 px-5 pb-3">
            {series.map(({ key, name, color }) => (
              <li key={key} className="flex items-center gap-1.5 text-ink-muted text-xs">
                <span aria-hidden className="size-2 rounded-full" style={{ background: color }} />
                {name}
              </li>
            ))}
          </ul>
          <div className="h-60 px-3 pb-3">
            {data ? (
              <ResponsiveContainer width="100%" height="100%">
                <BarChart data={data.days} margin={{ top: 4, right: 12, bottom: 0, left: 0 }}>
                  <CartesianGrid vertical={false} stroke="var(--line)" />
                  <XAxis dataKey="date" tickFormatter={formatDate} minTickGap={24} {...axis} />
                  <YAxis
                    width={40}
                    allowDecimals={false}
                    tickFormatter={(n: number) => formatCompact(n)}
                    {...axis}
                  />
                  <Tooltip
                    cursor={{ fill: 'var(--sunken)' }}
                    labelFormatter={(date) => formatDate(String(date))}
                    formatter={(value) =>
                      measure === 'revenue' ? formatMoney(Number(value)) : formatInteger(Number(value))
                    }
                    contentStyle={{
                      background: 'var(--raised)',
                      border: '1px solid var(--line)',
                      borderRadius: 12,
                    }}
                  />
                  {series.map(({ key, name, color }) => (
                    <Bar
                      key={key}
                      dataKey={key}
                      name={name}
                      stackId="a"
                      fill={color}
                      isAnimationActive={!still}
                    />
                  ))}
                </BarChart>
              </ResponsiveContainer>
            ) : (
              <Skeleton className="mx-2 h-full" />
            )}
          </div>
          {data && <DaysTable days={data.days} />}
        </>
      )}
    </Card>
  )
}

/** The same for those who do not see the bars. */
function DaysTable({ days }: { days: NonNullable<ReturnType<typeof useDays>['data']>['days'] }) {
  return (
    <table className="sr-only">
      <caption>Reservations of the last 30 days by the day on which they were booked</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {statuses.map(({ key, name }) => (
            <th key={key} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">Revenue</th>
        </tr>
      </thead>
      <tbody>
        {days.map((d) => (
          <tr key={d.date}>
            <th scope="row">{formatDate(d.date)}</th>
            {statuses.map(({ key }) => (
              <td key={key}>{formatInteger(d[key])}</td>
            ))}
            <td>{formatMoney(d.revenue)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
