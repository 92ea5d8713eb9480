import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  ComboBox as AriaComboBox,
  Select as AriaSelect,
  Button,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  SelectValue,
} from 'react-aria-components'
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'
import { cx } from '@/lib/cx'
import { controlClass, FieldNotes, labelClass, Required } from './field'
import { Popover } from './popover'

export interface Option<T extends string = string> {
  value: T
  label: string
  /** A second line. */
  detail?: string
}

interface SelectProps<T extends string> {
  label: string
  options: readonly Option<T>[]
  value: T | null
  onChange: (value: T) => void
  hideLabel?: boolean
  hint?: ReactNode
  error?: string | undefined
  isDisabled?: boolean
  isRequired?: boolean
  placeholder?: string
  size?: 'sm' | 'md'
  className?: string
  onBlur?: () => void
}

const itemClass =
  'group flex min-w-0 items-center gap-2 rounded-lg px-2.5 py-2 text-sm outline-none focus:bg-sunken dark:focus:bg-line selected:font-medium'

function Item({ option }: { option: Option }) {
  return (
    <ListBoxItem id={option.value} textValue={option.label} className={itemClass}>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{option.label}</span>
        {option.detail && <span className="block truncate text-xs text-ink-muted">{option.detail}</span>}
      </span>
      <Check aria-hidden className="invisible size-4 shrink-0 text-accent group-selected:visible" />
    </ListBoxItem>
  )
}

/** One of a few. For many, use ComboBox. */
export function Select<T extends string>({
  label,
  options,
  value,
  onChange,
  hideLabel,
  hint,
  error,
  placeholder,
  size = 'md',
  className,
  ...props
}: SelectProps<T>) {
  return (
    <AriaSelect
      {...props}
      value={value}
      onChange={(key) => onChange(key as T)}
      placeholder={placeholder ?? 'Choose'}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label className={hideLabel ? 'sr-only' : labelClass}>
        {label}
        {props.isRequired && <Required />}
      </Label>
      <Button
        className={cx(
          controlClass,
          'flex w-full items-center gap-2 text-left hover:bg-sunken focus-visible:border-accent',
          size === 'sm' ? 'h-9 text-[13px]' : 'h-10',
        )}
      >
        <SelectValue className="min-w-0 flex-1 truncate placeholder-shown:text-ink-faint [&_.text-xs]:hidden [&_svg]:hidden" />
        <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-faint" />
      </Button>
      <FieldNotes error={error} hint={hint} />
      <Popover className="min-w-(--trigger-width)">
        <ListBox items={options} className="max-h-80 overflow-auto p-1 outline-none">
          {(option) => <Item option={option} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

/** One of many, found by typing. */
export function ComboBox<T extends string>({
  label,
  options,
  value,
  onChange,
  hideLabel,
  hint,
  error,
  placeholder,
  size = 'md',
  className,
  ...props
}: SelectProps<T>) {
  return (
    <AriaComboBox
      {...props}
      defaultItems={options}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(key as T)
      }}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      menuTrigger="focus"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label className={hideLabel ? 'sr-only' : labelClass}>
        {label}
        {props.isRequired && <Required />}
      </Label>
      <div className="relative">
        <Input
          placeholder={placeholder}
          className={cx(controlClass, 'w-full pr-9', size === 'sm' ? 'h-9 text-[13px]' : 'h-10')}
        />
        <Button className="absolute inset-y-0 right-0 flex w-9 items-center justify-center text-ink-faint">
          <ChevronDown aria-hidden className="size-4" />
        </Button>
      </div>
      <FieldNotes error={error} hint={hint} />
      <Popover className="min-w-(--trigger-width)">
        <ListBox
          className="max-h-80 overflow-auto p-1 outline-none"
          renderEmptyState={() => <p className="px-2.5 py-2 text-sm text-ink-muted">Nothing found</p>}
        >
          {(option: Option<T>) => <Item option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}

interface FormSelectProps<F extends FieldValues, T extends string>
  extends Omit<SelectProps<T>, 'value' | 'onChange' | 'error' | 'onBlur'> {
  control: Control<F>
  name: FieldPath<F>
  /** Many options: a ComboBox instead of a Select. */
  searchable?: boolean
}

/** A select of a react-hook-form form. */
export function FormSelect<F extends FieldValues, T extends string>({
  control,
  name,
  searchable,
  ...props
}: FormSelectProps<F, T>) {
  const { field, fieldState } = useController({ control, name })
  const Control = searchable ? ComboBox : Select
  return (
    <Control
      {...props}
      value={field.value ?? null}
      onChange={field.onChange}
      onBlur={field.onBlur}
      error={fieldState.error?.message}
    />
  )
}
