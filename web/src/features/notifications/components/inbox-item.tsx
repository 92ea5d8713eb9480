import { Link } from '@tanstack/react-router'
import { Archive, Mail, MailOpen, Route } from 'lucide-react'
import type { Notification } from '@/api'
import { EventIcon } from '@/components/event-icon'
import { Badge, IconButton, RelativeTime, Tooltip } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatDayTime, formatExact } from '@/lib/format'
import { useFresh } from '@/live'
import { useArchive, useMarkRead, useMarkUnread } from '../api/mark'

interface Props {
  entry: Notification
  /** It came after the last look at the inbox. */
  isNew: boolean
  onOpen: () => void
}

/** One line of the inbox, with what can be done about it. */
export function InboxItem({ entry, isNew, onOpen }: Props) {
  const fresh = useFresh(`notification:${entry.id}`)
  const markRead = useMarkRead()
  const markUnread = useMarkUnread()
  const archive = useArchive()
  const unread = entry.read_at === null
  const archived = entry.archived_at !== null
  return (
    <li
      data-testid="inbox-item"
      data-id={entry.id}
      data-unread={unread}
      data-new={isNew}
      className={cx(
        'group flex items-center gap-1 pr-2 transition-colors hover:bg-sunken sm:pr-3',
        fresh && 'fresh',
      )}
    >
      <button
        type="button"
        onClick={onOpen}
        className="flex min-w-0 flex-1 items-center gap-3 py-3.5 pl-4 text-left -outline-offset-2 sm:pl-5"
      >
        <span className="flex w-2 shrink-0 justify-center">
          {unread && !archived && (
            <span className="size-2 rounded-full bg-accent">
              <span className="sr-only">Unread</span>
            </span>
          )}
        </span>
        <EventIcon type={entry.type} />
        <span className="min-w-0 flex-1">
          <span
            className={cx(
              'block break-words',
              unread && !archived ? 'font-medium text-ink' : 'text-ink-muted',
            )}
          >
            {entry.message}
          </span>
          <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-faint">
            <RelativeTime at={entry.created_at} />
            {entry.read_at && (
              <span title={formatExact(entry.read_at)}>Read {formatDayTime(entry.read_at)}</span>
            )}
            {isNew && <Badge tone="accent">New</Badge>}
          </span>
        </span>
      </button>
      {entry.event_id && (
        <Link
          to="/deliveries"
          search={{ event: entry.event_id }}
          aria-label="What became of it"
          title="What became of it"
          className="relative inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-muted hover:bg-sunken hover:text-ink dark:hover:bg-line"
        >
          <Route aria-hidden className="size-[18px]" />
        </Link>
      )}
      {!archived && (
        <>
          <Tooltip text={unread ? 'Mark as read' : 'Mark as unread'}>
            <IconButton
              aria-label={unread ? 'Mark as read' : 'Mark as unread'}
              onPress={() => (unread ? markRead : markUnread).mutate(entry)}
            >
              {unread ? <MailOpen aria-hidden /> : <Mail aria-hidden />}
            </IconButton>
          </Tooltip>
          <Tooltip text="Archive">
            <IconButton aria-label="Archive" onPress={() => archive.mutate(entry)}>
              <Archive aria-hidden />
            </IconButton>
          </Tooltip>
        </>
      )}
    </li>
  )
}
