import { MessageSquarePlus, MessagesSquare, SearchX } from 'lucide-react'
import type { Conversation, User } from '@/api'
import { Avatar } from '@/components/avatar'
import {
  Button,
  EmptyState,
  ErrorState,
  RelativeTime,
  SearchBox,
  Skeleton,
  toastError,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatInteger } from '@/lib/format'
import { useConversations } from '../api/conversations'
import { useStartConversation } from '../api/start'
import { titleOf, topicOf } from '../words'

interface Props {
  me: User
  open: string | undefined
  search: string
  onOpen: (id: string) => void
  onSearch: (search: string) => void
  className?: string
}

export function ConversationList({ me, open, search, onOpen, onSearch, className }: Props) {
  const list = useConversations(search)
  const start = useStartConversation()
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const begin = () =>
    start.mutate({}, { onSuccess: (conversation) => onOpen(conversation.id), onError: toastError })
  return (
    <nav aria-label="Conversations" className={cx('flex min-h-0 flex-col', className)}>
      <div className="flex items-center gap-2 border-b border-line p-3">
        <SearchBox label="Search conversations" value={search} onChange={onSearch} className="sm:w-full" />
        {!me.is_super_admin && (
          <Button variant="secondary" size="sm" isPending={start.isPending} onPress={begin}>
            <MessageSquarePlus aria-hidden className="size-4" />
            <span className="sr-only">Message the platform</span>
          </Button>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {list.error && rows.length === 0 ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Loading />
        ) : rows.length === 0 ? (
          search ? (
            <EmptyState icon={<SearchX />} title={`Nothing says “${search}”`}>
              Try fewer words.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<MessagesSquare />}
              title="No messages yet"
              action={
                me.is_super_admin ? undefined : (
                  <Button size="sm" isPending={start.isPending} onPress={begin}>
                    Message the platform
                  </Button>
                )
              }
            >
              {me.is_super_admin
                ? 'Open a business and choose “Message”, or wait for somebody to write.'
                : 'Ask whoever runs the platform anything; they get your message at once.'}
            </EmptyState>
          )
        ) : (
          <ul>
            {rows.map((row) => (
              <Row key={row.id} row={row} me={me} isOpen={row.id === open} onOpen={() => onOpen(row.id)} />
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div className="flex justify-center p-3">
            <Button
              variant="quiet"
              size="sm"
              isPending={list.isFetchingNextPage}
              onPress={() => void list.fetchNextPage()}
            >
              Load older
            </Button>
          </div>
        )}
      </div>
    </nav>
  )
}

function Row({
  row,
  me,
  isOpen,
  onOpen,
}: {
  row: Conversation
  me: User
  isOpen: boolean
  onOpen: () => void
}) {
  const topic = topicOf(row)
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        aria-current={isOpen ? 'true' : undefined}
        data-testid="conversation-row"
        className="flex w-full items-start gap-3 border-b border-line px-4 py-3 text-left outline-offset-[-2px] hover:bg-sunken aria-[current=true]:bg-accent-soft"
      >
        <Avatar name={titleOf(row, me)} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className={cx('min-w-0 flex-1 truncate', row.unread > 0 ? 'font-semibold' : 'font-medium')}>
              {titleOf(row, me)}
            </span>
            <span className="shrink-0 text-xs text-ink-muted">
              <RelativeTime at={row.last_at} />
            </span>
          </span>
          {topic && <span className="block truncate text-xs text-ink-muted">{topic}</span>}
          <span className="flex items-center gap-2">
            <span className="min-w-0 flex-1 truncate text-[13px] text-ink-muted">
              {row.last_number === 0
                ? 'No messages yet'
                : `${row.last_author === me.id ? 'You' : row.last_author_name}: ${row.last_text}`}
            </span>
            {row.unread > 0 && (
              <span
                data-testid="unread-messages"
                className="min-w-5 shrink-0 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-on-accent"
              >
                {formatInteger(row.unread)}
                <span className="sr-only"> unread</span>
              </span>
            )}
          </span>
        </span>
      </button>
    </li>
  )
}

function Loading() {
  return (
    <div className="flex flex-col gap-4 p-4">
      {[0, 1, 2, 3].map((i) => (
        <div key={i} className="flex items-center gap-3">
          <Skeleton className="size-9 rounded-lg" />
          <Skeleton className="h-3 w-2/3" />
        </div>
      ))}
    </div>
  )
}
