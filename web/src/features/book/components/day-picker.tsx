import { type CalendarDate, parseDate } from '@internationalized/date'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from 'react-aria-components'
import type { BookingPage } from '@/api'
import { ErrorState } from '@/components/ui'
import { daysQuery, type Wanted } from '../api/days'
import { dateIn } from '../zone'

const arrowClass =
  'flex size-9 items-center justify-center rounded-lg text-ink-muted hover:bg-sunken hover:text-ink disabled:opacity-40 focus-visible:outline-2 focus-visible:outline-accent dark:hover:bg-line'

interface Props {
  page: BookingPage
  wanted: Wanted
  value: string | undefined
  onChange: (date: string) => void
}

/** A month of days in the business's time zone; those without a free slot cannot be chosen. */
export function DayPicker({ page, wanted, value, onChange }: Props) {
  const zone = page.business.timezone
  const first = parseDate(dateIn(Date.now() + page.lead_minutes * 60_000, zone))
  const last = parseDate(dateIn(Date.now(), zone)).add({ days: page.horizon_days })
  const [focused, setFocused] = useState<CalendarDate>(value ? parseDate(value) : first)
  const month = focused.set({ day: 1 })
  const from = month.compare(first) < 0 ? first : month
  const days = month.add({ months: 1 }).compare(from)
  const { data, error, refetch, isPlaceholderData } = useQuery(
    daysQuery(page.business.subdomain, wanted, from.toString(), Math.max(1, days)),
  )
  const free = new Map(data?.days.map((day) => [day.date, day.free]))
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <Calendar
      aria-label="Day"
      value={value ? parseDate(value) : null}
      onChange={(date) => onChange(date.toString())}
      focusedValue={focused}
      onFocusChange={(date) => setFocused(date as CalendarDate)}
      minValue={first}
      maxValue={last}
      isDateUnavailable={(date) =>
        !isPlaceholderData && data !== undefined && (free.get(date.toString()) ?? 0) === 0
      }
      className="w-full max-w-sm"
    >
      <header className="mb-2 flex items-center gap-1">
        <Heading className="flex-1 font-medium text-sm" />
        <AriaButton slot="previous" className={arrowClass}>
          <ChevronLeft aria-hidden className="size-4" />
        </AriaButton>
        <AriaButton slot="next" className={arrowClass}>
          <ChevronRight aria-hidden className="size-4" />
        </AriaButton>
      </header>
      <CalendarGrid className="w-full table-fixed border-separate border-spacing-y-1" weekdayStyle="short">
        <CalendarGridHeader>
          {(day) => (
            <CalendarHeaderCell className="pb-1 font-normal text-ink-muted text-xs">{day}</CalendarHeaderCell>
          )}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(date) => (
            <CalendarCell
              date={date}
              data-date={date.toString()}
              className="mx-auto flex h-10 w-full max-w-12 cursor-pointer items-center justify-center rounded-lg text-sm tabular-nums outline-none transition-colors hover:bg-accent-soft selected:bg-accent selected:font-semibold selected:text-on-accent outside-month:hidden disabled:cursor-default disabled:text-ink-faint disabled:hover:bg-transparent unavailable:cursor-default unavailable:text-ink-faint unavailable:line-through unavailable:hover:bg-transparent focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-1"
            />
          )}
        </CalendarGridBody>
      </CalendarGrid>
    </Calendar>
  )
}
