import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'
import { Select, TextField } from '@/components/ui'
import type { Amount, Unit } from '../amount'

const units: readonly { value: Unit; label: string }[] = [
  { value: 'minutes', label: 'minutes' },
  { value: 'hours', label: 'hours' },
  { value: 'days', label: 'days' },
]

interface Props<T extends FieldValues> {
  control: Control<T>
  name: FieldPath<T>
  label: string
  hint: string
}

/** A stretch of time: a number, and of what. */
export function AmountField<T extends FieldValues>({ control, name, label, hint }: Props<T>) {
  const { field, fieldState } = useController({ control, name })
  const value = field.value as Amount
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_8rem] items-start gap-x-2">
      <TextField
        label={label}
        hint={hint}
        inputMode="numeric"
        value={value.amount}
        onChange={(amount) => field.onChange({ ...value, amount })}
        onBlur={field.onBlur}
        error={fieldState.error?.message}
      />
      <Select
        label={`Unit of ${label.toLowerCase()}`}
        hideLabel
        options={units}
        value={value.unit}
        onChange={(unit) => field.onChange({ ...value, unit })}
        className="pt-[1.6rem]"
      />
    </div>
  )
}
