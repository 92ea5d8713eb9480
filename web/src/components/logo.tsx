import { cx } from '@/lib/cx'

/** The mark: three bars that fade, as the haircut does. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={cx('shrink-0', className)}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g className="fill-on-accent">
        <rect x="8" y="8" width="4" height="16" rx="2" />
        <rect x="14" y="8" width="4" height="16" rx="2" opacity="0.6" />
        <rect x="20" y="8" width="4" height="16" rx="2" opacity="0.28" />
      </g>
    </svg>
  )
}

export function Logo() {
  return (
    <span className="flex items-center gap-2.5">
      <LogoMark className="size-7" />
      <span className="text-[17px] font-semibold tracking-tight text-ink">Fade</span>
    </span>
  )
}
