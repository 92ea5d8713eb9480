import { formatExact, formatRelative } from '@/lib/format'
import { useNow } from '@/lib/use-now'

/** How long ago, with the exact time in the viewer's zone on hovering. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={formatExact(at)} className={className}>
      {formatRelative(at, now)}
    </time>
  )
}
