import { controlClass } from '@/components/ui/field'
import { cx } from '@/lib/cx'

interface Props {
  label: string
  /** "09:00"; "24:00" is shown as the 00:00 that it is. */
  value: string
  onChange: (value: string) => void
  isInvalid: boolean
  describedBy: string | undefined
}

/** A time of day, one of several in a line. */
export function TimeInput({ label, value, onChange, isInvalid, describedBy }: Props) {
  return (
    <input
      type="time"
      aria-label={label}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      value={value === '24:00' ? '00:00' : value}
      onChange={(event) => onChange(event.target.value)}
      className={cx(
        controlClass,
        'h-10 w-[8.5rem] px-2.5 tabular-nums aria-invalid:border-bad',
        // A phone opens its own wheel; the little clock would only hide the minutes.
        'max-sm:min-w-0 max-sm:flex-1 max-sm:px-2 max-sm:[&::-webkit-calendar-picker-indicator]:hidden',
      )}
    />
  )
}
