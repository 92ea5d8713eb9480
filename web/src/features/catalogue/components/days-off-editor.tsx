import { Plus, X } from 'lucide-react'
import { useRef } from 'react'
import type { DaysOff } from '@/api'
import { Button, FormError, IconButton, TextField } from '@/components/ui'
import { cx } from '@/lib/cx'
import { MAX_DAYS_OFF } from '../days-off'

type LineErrors = Partial<Record<keyof DaysOff, { message?: string }>>

/** What is wrong, by the line; with a message, with the list as a whole. */
export type DaysOffErrors = readonly (LineErrors | undefined)[] & { message?: string }

interface Props {
  label: string
  /** What is added: "holiday". */
  noun: string
  value: DaysOff[]
  onChange: (list: DaysOff[]) => void
  errors: DaysOffErrors | undefined
  /** Days before this date are over. */
  today: string
  notePlaceholder: string
}

/** Single days and ranges, each with a note. */
export function DaysOffEditor({ label, noun, value, onChange, errors, today, notePlaceholder }: Props) {
  const list = useRef<HTMLFieldSetElement>(null)
  const focus = (selector: string) => {
    requestAnimationFrame(() =>
      [...(list.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus(),
    )
  }
  const change = (at: number, part: Partial<DaysOff>) =>
    onChange(value.map((entry, i) => (i === at ? { ...entry, ...part } : entry)))
  // A single day stays one while its date is chosen.
  const changeFrom = (at: number, entry: DaysOff, from: string) =>
    change(at, entry.to === entry.from ? { from, to: from } : { from })
  const add = () => {
    onChange([...value, { from: '', to: '', note: '' }])
    focus('li:last-child input[name=from]')
  }
  const remove = (at: number) => {
    onChange(value.filter((_, i) => i !== at))
    focus('[data-add]')
  }
  return (
    <fieldset ref={list} className="flex min-w-0 flex-col items-start gap-4">
      <legend className="sr-only">{label}</legend>
      <FormError message={errors?.message} />
      {value.length > 0 && (
        <ul className="flex w-full flex-col gap-3 sm:gap-2">
          {value.map((entry, at) => (
            <Line
              // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place, and holds nothing else
              key={at}
              name={`${noun} ${at + 1}`}
              first={at === 0}
              entry={entry}
              isOver={entry.to !== '' && entry.to < today}
              errors={errors?.[at]}
              notePlaceholder={notePlaceholder}
              onFrom={(from) => changeFrom(at, entry, from)}
              onChange={(part) => change(at, part)}
              onRemove={() => remove(at)}
            />
          ))}
        </ul>
      )}
      <Button data-add variant="secondary" size="sm" isDisabled={value.length >= MAX_DAYS_OFF} onPress={add}>
        <Plus aria-hidden className="size-4" />
        Add {noun}
      </Button>
    </fieldset>
  )
}

interface LineProps {
  name: string
  first: boolean
  entry: DaysOff
  isOver: boolean
  errors: LineErrors | undefined
  notePlaceholder: string
  onFrom: (from: string) => void
  onChange: (part: Partial<DaysOff>) => void
  onRemove: () => void
}

function Line({
  name,
  first,
  entry,
  isOver,
  errors,
  notePlaceholder,
  onFrom,
  onChange,
  onRemove,
}: LineProps) {
  return (
    <li>
      <fieldset
        className={cx(
          'grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[9.5rem_9.5rem_minmax(0,1fr)_auto] sm:gap-3',
          'max-sm:rounded-xl max-sm:border max-sm:border-line max-sm:p-3 max-sm:[&_input[type=date]]:px-2 max-sm:[&_input::-webkit-calendar-picker-indicator]:hidden',
        )}
      >
        <legend className="sr-only">{name}</legend>
        <TextField
          label="First day"
          className={cx(!first && 'sm:[&>label]:sr-only')}
          type="date"
          name="from"
          value={entry.from}
          onChange={onFrom}
          error={errors?.from?.message}
        />
        <TextField
          label="Last day"
          className={cx(!first && 'sm:[&>label]:sr-only')}
          type="date"
          value={entry.to}
          onChange={(to) => onChange({ to })}
          error={errors?.to?.message}
        />
        <TextField
          label="Note"
          className={cx('max-sm:order-last max-sm:col-span-3', !first && 'sm:[&>label]:sr-only')}
          placeholder={notePlaceholder}
          value={entry.note}
          onChange={(note) => onChange({ note })}
          error={errors?.note?.message}
          hint={isOver ? 'This is over.' : undefined}
        />
        <IconButton
          aria-label={`Remove ${name}`}
          onPress={onRemove}
          className={cx('mt-6', first ? 'sm:mt-[1.6rem]' : 'sm:mt-0.5')}
        >
          <X />
        </IconButton>
      </fieldset>
    </li>
  )
}
