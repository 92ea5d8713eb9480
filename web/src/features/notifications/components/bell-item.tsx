import type { Notification } from '@/api'
import { EventIcon } from '@/components/event-icon'
import { RelativeTime } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'

interface Props {
  entry: Notification
  onOpen: () => void
}

/** One line of the bell's list. */
export function BellItem({ entry, onOpen }: Props) {
  const fresh = useFresh(`notification:${entry.id}`)
  const unread = entry.read_at === null
  return (
    <li>
      <button
        type="button"
        data-testid="notification-item"
        data-id={entry.id}
        data-unread={unread}
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
          <RelativeTime at={entry.created_at} className="text-xs text-ink-faint" />
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
