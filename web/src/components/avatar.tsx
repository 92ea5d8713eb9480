import { cx } from '@/lib/cx'
import { initialsOf } from '@/lib/format'

/** The initials of a person or a business; a business shows its own colour as a thin edge. */
export function Avatar({ name, color, className }: { name: string; color?: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={cx(
        'flex size-9 shrink-0 items-center justify-center overflow-hidden rounded-lg bg-sunken text-xs font-semibold text-ink-muted ring-1 ring-line ring-inset dark:bg-line',
        className,
      )}
      style={color ? { boxShadow: `inset 3px 0 0 ${color}` } : undefined}
    >
      {initialsOf(name)}
    </span>
  )
}
