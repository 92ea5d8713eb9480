import {
  CalendarCheck,
  CalendarPlus,
  CalendarX,
  type LucideIcon,
  MessageCircle,
  Store,
  UserPlus,
  UserRound,
} from 'lucide-react'
import type { EventType } from '@/api'
import { cx } from '@/lib/cx'

const looks: Partial<Record<EventType, [LucideIcon, string]>> = {
  business_created: [Store, 'bg-accent-soft text-accent'],
  business_updated: [Store, 'bg-sunken text-ink-muted dark:bg-line'],
  reservation_created: [CalendarPlus, 'bg-good-soft text-good'],
  reservation_updated: [CalendarCheck, 'bg-warn-soft text-warn'],
  reservation_canceled: [CalendarX, 'bg-bad-soft text-bad'],
  message_created: [MessageCircle, 'bg-accent-soft text-accent'],
  user_created: [UserPlus, 'bg-accent-soft text-accent'],
  user_updated: [UserRound, 'bg-sunken text-ink-muted dark:bg-line'],
}

/** The sign of an event's type. */
export function EventIcon({ type, className }: { type: EventType; className?: string }) {
  const [Icon, tint] = looks[type] ?? [Store, 'bg-sunken text-ink-muted']
  return (
    <span
      aria-hidden
      className={cx('flex size-8 shrink-0 items-center justify-center rounded-full', tint, className)}
    >
      <Icon className="size-4" />
    </span>
  )
}
