import type { Notification } from '@/api'
import { EventIcon } from '@/components/event-icon'
import { Badge, RelativeTime } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'

interface Props {
  entry: Notification
  /** It came after the last look at the inbox. */
  isNew: boolean
  onOpen: () => void
}

/** One line of the bell's list. */
export function BellItem({ entry, isNew, onOpen }: Props) {
  const fresh = useFresh(`notification:${entry.id}`)
  const unread = entry.read_at === null
  return (
    <li>
      <button
        type="button"
        data-testid="notification-item"
        data-id={entry.id}
        data-unread={unread}
        data-new={isNew}
        onClick={onOpen}
        className={cx(
          'flex w-full items-start gap-3 px-4 py-3 text-left -outline-offset-2 transition-colors hover:bg-sunken dark:hover:bg-line',
          fresh && 'fresh',
        )}
      >
        <EventIcon type={entry.type} />
        <span className="min-w-0 flex-1">
          <span className={cx('block break-words', unread ? 'font-medium text-ink' : 'text-ink-muted')}>
            {entry.message}
          </span>
          <span className="flex flex-wrap items-center gap-x-2">
            <RelativeTime at={entry.created_at} className="text-xs text-ink-faint" />
            {isNew && <Badge tone="accent">New</Badge>}
          </span>
        </span>
        <span className="flex size-5 shrink-0 items-center justify-center">
          {unread && (
            <span className="size-2 rounded-full bg-accent">
              <span className="sr-only">Unread</span>
            </span>
          )}
        </span>
      </button>
    </li>
  )
}
