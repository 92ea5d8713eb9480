import { Bell, Mail, Smartphone } from 'lucide-react'
import { Badge } from '@/components/ui'
import { cx } from '@/lib/cx'
import { routeInWords, stateInWords, toneOf } from '../words'

export function StateBadge({ state }: { state: string }) {
  return (
    <Badge tone={toneOf(state)} dot>
      {stateInWords(state)}
    </Badge>
  )
}

/** The sign of a route, with its name for those who do not see it. */
export function RouteIcon({ route, className }: { route: string; className?: string }) {
  const Icon = route === 'push' ? Smartphone : route === 'in_app' ? Bell : Mail
  return (
    <span
      className={cx(
        'flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-ink-muted dark:bg-line',
        className,
      )}
    >
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{routeInWords(route)}: </span>
    </span>
  )
}
