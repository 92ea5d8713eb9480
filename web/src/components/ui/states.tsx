import { CloudOff, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError, messageOf } from '@/api'
import { cx } from '@/lib/cx'
import { Button } from './button'

/** The grey shape of something on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-pulse rounded-md bg-line', className)} />
}

interface EmptyProps {
  icon?: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
  className?: string
}

/** Says that there is nothing, why, and what to do. */
export function EmptyState({ icon, title, children, action, className }: EmptyProps) {
  return (
    <div className={cx('flex flex-col items-center gap-1 px-6 py-12 text-center', className)}>
      {icon && (
        <span className="mb-2 flex size-11 items-center justify-center rounded-full bg-sunken text-ink-faint dark:bg-line [&_svg]:size-5">
          {icon}
        </span>
      )}
      <p className="font-medium text-ink">{title}</p>
      {children && <p className="max-w-sm text-[13px] text-ink-muted">{children}</p>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  )
}

/** Says that something could not be read, and lets one try again. */
export function ErrorState({
  error,
  onRetry,
  className,
}: {
  error: unknown
  onRetry?: () => void
  className?: string
}) {
  const offline = error instanceof ApiError && error.status === 0
  return (
    <div role="alert" className={cx('flex flex-col items-center gap-1 px-6 py-12 text-center', className)}>
      <span className="mb-2 flex size-11 items-center justify-center rounded-full bg-bad-soft text-bad">
        <CloudOff aria-hidden className="size-5" />
      </span>
      <p className="font-medium text-ink">{offline ? 'No connection' : 'This could not be loaded'}</p>
      <p className="max-w-sm text-[13px] text-ink-muted">{messageOf(error)}</p>
      {onRetry && (
        <Button variant="secondary" size="sm" className="mt-4" onPress={onRetry}>
          <RotateCw aria-hidden className="size-4" />
          Try again
        </Button>
      )}
    </div>
  )
}
