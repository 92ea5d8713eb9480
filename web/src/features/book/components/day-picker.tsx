import {
  type CalendarDate,
  type CalendarIdentifier,
  createCalendar,
  parseDate,
  startOfMonth,
  toCalendar,
} from '@internationalized/date'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
  useLocale,
} from 'react-aria-components'
import type { BookingPage } from '@/api'
import { Button, ErrorState } from '@/components/ui'
import { cx } from '@/lib/cx'
import { daysQuery, type Wanted } from '../api/days'
import { dateIn, formatDate, formatMonth } from '../zone'

const arrowClass =
  'flex size-9 items-center justify-center rounded-lg text-ink-muted hover:bg-sunken hover:text-ink disabled:opacity-40 focus-visible:outline-2 focus-visible:outline-accent dark:hover:bg-line'

const cellClass =
  'mx-auto flex h-10 w-full max-w-12 cursor-pointer items-center justify-center rounded-lg font-medium text-sm tabular-nums outline-none transition-colors hover:bg-accent-soft selected:bg-accent selected:font-semibold selected:text-on-accent outside-month:hidden disabled:cursor-default disabled:font-normal disabled:text-ink-faint disabled:opacity-60 disabled:hover:bg-transparent unavailable:cursor-default unavailable:font-normal unavailable:text-ink-faint unavailable:line-through unavailable:hover:bg-transparent focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-1'

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
  const [focused, setFocused] = useState<CalendarDate>(() => within(value, first, last) ?? first)
  const calendar = useVisitorCalendar()
  const month = startOfMonth(toCalendar(focused, calendar))
  const from = month.compare(first) < 0 ? first : month
  const days = Math.max(1, month.add({ months: 1 }).compare(from))
  const { data, error, refetch, isPlaceholderData } = useQuery(
    daysQuery(page.business.subdomain, wanted, from.toString(), days),
  )
  const free = new Map(data?.days.map((day) => [day.date, day.free]))
  const isKnown = data !== undefined && !isPlaceholderData
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <div aria-busy={!isKnown} className="w-full max-w-sm max-md:mx-auto">
      <Calendar
        aria-label="Day"
        value={within(value, first, last) ?? null}
        onChange={(date) => onChange(date.toString())}
        focusedValue={focused}
        onFocusChange={(date) => setFocused(date as CalendarDate)}
        minValue={first}
        maxValue={last}
        isDateUnavailable={(date) => isKnown && (free.get(date.toString()) ?? 0) === 0}
      >
        <header className="mb-2 flex items-center gap-1">
          <Heading level={3} className="flex-1 font-medium text-sm" />
          <AriaButton slot="previous" className={arrowClass}>
            <ChevronLeft aria-hidden className="size-4" />
          </AriaButton>
          <AriaButton slot="next" className={arrowClass}>
            <ChevronRight aria-hidden className="size-4" />
          </AriaButton>
        </header>
        <CalendarGrid
          className={cx(
            'w-full table-fixed border-separate border-spacing-y-1 transition-opacity',
            !isKnown && 'opacity-60',
          )}
          weekdayStyle="short"
        >
          <CalendarGridHeader>
            {(day) => (
              <CalendarHeaderCell className="pb-1 font-normal text-ink-muted text-xs">
                {day}
              </CalendarHeaderCell>
            )}
          </CalendarGridHeader>
          <CalendarGridBody>
            {(date) => <CalendarCell date={date} data-date={date.toString()} className={cellClass} />}
          </CalendarGridBody>
        </CalendarGrid>
      </Calendar>
      {isKnown && data.days.every((day) => day.free === 0) && (
        <NothingFree
          page={page}
          month={from.toString()}
          next={month.add({ months: 1 }).compare(last) <= 0 ? month.add({ months: 1 }) : undefined}
          last={last.toString()}
          onNext={setFocused}
        />
      )}
    </div>
  )
}

interface NothingFreeProps {
  page: BookingPage
  month: string
  next: CalendarDate | undefined
  last: string
  onNext: (month: CalendarDate) => void
}

/** A month without a free day leads to the next one, or says who can help. */
function NothingFree({ page, month, next, last, onNext }: NothingFreeProps) {
  const { phone, name } = page.business
  return (
    <div role="status" className="mt-3 flex flex-col items-start gap-2 text-[13px] text-ink-muted">
      <p>Nothing is free in {formatMonth(month)}.</p>
      {next ? (
        <Button size="sm" variant="secondary" onPress={() => onNext(next)}>
          Look in {formatMonth(next.toString())}
        </Button>
      ) : (
        <p>
          Bookings are open until {formatDate(last)}.{' '}
          {phone ? `Call ${name}: ${phone}.` : `Come back later, or ask ${name}.`}
        </p>
      )}
    </div>
  )
}

/** The calendar that is shown: months are the visitor's own, and need not begin with those of the dates. */
function useVisitorCalendar() {
  const { locale } = useLocale()
  return useMemo(() => {
    const { calendar } = new Intl.DateTimeFormat(locale).resolvedOptions()
    return createCalendar(calendar as CalendarIdentifier)
  }, [locale])
}

/** A date of the address, if it can be booked at all. */
function within(date: string | undefined, first: CalendarDate, last: CalendarDate): CalendarDate | undefined {
  const parsed = date ? parseDate(date) : undefined
  return parsed && parsed.compare(first) >= 0 && parsed.compare(last) <= 0 ? parsed : undefined
}
