import { Copy, Plus, X } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import type { Span, Week } from '@/api'
import { IconButton, Menu, MenuGroup, MenuItem, MenuTrigger, Popover } from '@/components/ui'
import { cx } from '@/lib/cx'
import { copyDay, type Day, dayNames, days, MAX_SPANS, nextSpan, spanProblem, workdays } from '../week'
import { TimeInput } from './time-input'

/** What is wrong, by the day. */
export type WeekErrors = Partial<Record<Day, { message?: string }>>

interface Props {
  label: string
  value: Week
  onChange: (week: Week) => void
  errors: WeekErrors | undefined
  /** What a day without spans is: "Closed". */
  empty: string
  /** What is added: "hours". */
  noun: string
  /** What is added to a day that has nothing. */
  first: Span
}

/** The spans of every weekday. */
export function WeekEditor({ label, value, onChange, errors, ...words }: Props) {
  const [said, setSaid] = useState('')
  const copy = (from: Day, to: readonly Day[], told: string) => {
    onChange(copyDay(value, from, to))
    setSaid(`${dayNames[from]} copied to ${told}.`)
  }
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{label}</legend>
      <div className="divide-y divide-line rounded-xl border border-line">
        {days.map((day) => (
          <DayRow
            key={day}
            {...words}
            day={day}
            spans={value[day]}
            error={errors?.[day]?.message}
            onChange={(spans) => onChange({ ...value, [day]: spans })}
            onCopy={(to, told) => copy(day, to, told)}
          />
        ))}
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
    </fieldset>
  )
}

interface DayProps extends Pick<Props, 'empty' | 'noun' | 'first'> {
  day: Day
  spans: Span[]
  error: string | undefined
  onChange: (spans: Span[]) => void
  onCopy: (to: readonly Day[], told: string) => void
}

function DayRow({ day, spans, error, empty, noun, first, onChange, onCopy }: DayProps) {
  const row = useRef<HTMLFieldSetElement>(null)
  const errorId = useId()
  const name = dayNames[day]
  // The form complains when it is sent; what it complains about may have been put right meanwhile.
  const wrong = error ? (spanProblem(spans)?.at ?? spans.map((_, i) => i)) : []
  const focus = (selector: string) => {
    requestAnimationFrame(() =>
      [...(row.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus(),
    )
  }
  const change = (at: number, part: Partial<Span>) =>
    onChange(spans.map((span, i) => (i === at ? { ...span, ...part } : span)))
  const add = () => {
    onChange([...spans, nextSpan(spans, first)])
    focus('div:last-of-type > input:first-child')
  }
  const remove = (at: number) => {
    onChange(spans.filter((_, i) => i !== at))
    focus('[data-add]')
  }
  return (
    <fieldset
      ref={row}
      data-testid={`${noun}-${day}`}
      className="grid min-w-0 grid-cols-[5.5rem_minmax(0,1fr)_auto] items-start gap-x-4 gap-y-2 px-4 py-2 sm:py-2.5"
    >
      <legend className="sr-only">{name}</legend>
      <span aria-hidden className="flex h-10 items-center text-sm font-medium">
        {name}
      </span>
      <div
        className={cx(
          'flex min-w-0 flex-col gap-2',
          spans.length > 0 && 'max-sm:order-last max-sm:col-span-3 max-sm:pb-1',
        )}
      >
        {spans.length === 0 && <span className="flex h-10 items-center text-ink-muted">{empty}</span>}
        {spans.map((span, at) => {
          const line = spans.length > 1 ? `, line ${at + 1}` : ''
          const common = { isInvalid: wrong.includes(at), describedBy: error ? errorId : undefined }
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place, and holds nothing else
            <div key={at} className="flex min-w-0 items-center gap-2">
              <TimeInput
                {...common}
                label={`${name} ${noun} from${line}`}
                value={span.start}
                onChange={(start) => change(at, { start })}
              />
              <span aria-hidden className="text-ink-faint">
                –
              </span>
              <TimeInput
                {...common}
                label={`${name} ${noun} until${line}`}
                value={span.end}
                onChange={(end) => change(at, { end })}
              />
              <IconButton aria-label={`Remove ${name} ${noun}${line}`} onPress={() => remove(at)}>
                <X />
              </IconButton>
              {(span.end === '24:00' || span.end === '00:00') && (
                <span className="text-[13px] text-ink-muted max-sm:hidden">until midnight</span>
              )}
            </div>
          )
        })}
        {error && (
          <p id={errorId} className="text-[13px] text-bad">
            {error}
          </p>
        )}
      </div>
      <div className="flex items-center justify-self-end max-sm:col-start-3">
        <IconButton
          data-add
          aria-label={`Add ${noun} on ${name}`}
          isDisabled={spans.length >= MAX_SPANS}
          onPress={add}
        >
          <Plus />
        </IconButton>
        <CopyMenu day={day} onCopy={onCopy} />
      </div>
    </fieldset>
  )
}

function CopyMenu({ day, onCopy }: { day: Day; onCopy: DayProps['onCopy'] }) {
  const others = days.filter((other) => other !== day)
  return (
    <MenuTrigger>
      <IconButton aria-label={`Copy ${dayNames[day]} to other days`}>
        <Copy />
      </IconButton>
      <Popover>
        <Menu>
          <MenuItem onAction={() => onCopy(others, 'every day')}>Copy to every day</MenuItem>
          <MenuItem
            onAction={() =>
              onCopy(
                workdays.filter((d) => d !== day),
                'Monday to Friday',
              )
            }
          >
            Copy to Monday to Friday
          </MenuItem>
          <MenuGroup title="Or to one day">
            {others.map((other) => (
              <MenuItem key={other} onAction={() => onCopy([other], dayNames[other])}>
                {dayNames[other]}
              </MenuItem>
            ))}
          </MenuGroup>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
