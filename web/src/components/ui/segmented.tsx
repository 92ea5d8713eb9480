import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { cx } from '@/lib/cx'

interface Props<T extends string> {
  label: string
  options: readonly { value: T; label: string }[]
  value: T
  onChange: (value: T) => void
  className?: string
}

/** A choice of a few, all in sight. */
export function Segmented<T extends string>({ label, options, value, onChange, className }: Props<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys
        if (key !== undefined) onChange(key as T)
      }}
      className={cx(
        'inline-flex max-w-full overflow-x-auto [scrollbar-width:none] rounded-lg bg-sunken p-0.5 ring-1 ring-line ring-inset',
        className,
      )}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          id={option.value}
          className="h-8 rounded-md px-2 sm:px-3 text-[13px] font-medium whitespace-nowrap text-ink-muted transition-colors hover:text-ink selected:bg-raised selected:text-ink selected:shadow-card dark:selected:bg-line-strong"
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
