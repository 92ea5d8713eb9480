import { useRouter } from '@tanstack/react-router'
import { Archive, CheckCheck, Inbox, MailOpen, SearchX, Trash2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Notification } from '@/api'
import { useMe } from '@/api/me'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  ErrorState,
  PageHeader,
  SearchBox,
  Segmented,
  Skeleton,
} from '@/components/ui'
import { formatInteger } from '@/lib/format'
import { type Shelf, useInbox } from '../api/list'
import { useClear, useMarkAllRead, useMarkRead } from '../api/mark'
import { useUnreadCount } from '../api/unread-count'
import { linkOf } from '../links'
import { useSeen } from '../use-seen'
import { InboxItem } from './inbox-item'

interface Props {
  show: Shelf
  search: string
  onShow: (show: Shelf, search: string) => void
}

export function InboxPage({ show, search, onShow }: Props) {
  const router = useRouter()
  const me = useMe()
  const unread = useUnreadCount()
  const inbox = useInbox(show, search)
  const markRead = useMarkRead()
  const markAll = useMarkAllRead()
  const clear = useClear()
  const [clearing, setClearing] = useState(false)
  const entries = inbox.data?.pages.flatMap((page) => page.items) ?? []
  // What a search leaves out is not on the screen.
  const isNew = useSeen(entries, search === '' && show !== 'archived')

  const visit = (entry: Notification) => {
    if (entry.read_at === null) markRead.mutate(entry)
    const href = linkOf(entry, me)
    if (href) void router.navigate({ href })
  }

  return (
    <div className="mx-auto max-w-4xl">
      <PageTitle>Inbox</PageTitle>
      <PageHeader
        title="Inbox"
        description={unread === 0 ? 'You are up to date.' : `${formatInteger(unread)} unread`}
      >
        <Button variant="secondary" size="sm" isDisabled={unread === 0} onPress={() => markAll.mutate()}>
          <CheckCheck aria-hidden className="size-4" />
          Mark all read
        </Button>
        <Button variant="secondary" size="sm" onPress={() => setClearing(true)}>
          <Trash2 aria-hidden className="size-4" />
          Clear all
        </Button>
      </PageHeader>
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label="What to show"
          value={show}
          onChange={(next) => onShow(next, search)}
          options={[
            { value: 'all', label: 'All' },
            { value: 'unread', label: unread > 0 ? `Unread ${formatInteger(unread)}` : 'Unread' },
            { value: 'archived', label: 'Archived' },
          ]}
        />
        <SearchBox
          label="Search the inbox"
          value={search}
          onChange={(text) => onShow(show, text)}
          className="sm:ml-auto"
        />
      </div>
      <Card className="mt-4 overflow-hidden">
        {inbox.error && entries.length === 0 ? (
          <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />
        ) : inbox.isPending ? (
          <Loading />
        ) : entries.length === 0 ? (
          <Empty show={show} search={search} onAll={() => onShow(show, '')} />
        ) : (
          <ul className="divide-y divide-line">
            {entries.map((entry) => (
              <InboxItem key={entry.id} entry={entry} isNew={isNew(entry)} onOpen={() => visit(entry)} />
            ))}
          </ul>
        )}
        {inbox.hasNextPage && (
          <LoadMore isLoading={inbox.isFetchingNextPage} onVisible={() => void inbox.fetchNextPage()} />
        )}
      </Card>
      <ConfirmDialog
        title="Clear all notifications?"
        action="Clear all"
        isOpen={clearing}
        onClose={() => setClearing(false)}
        onConfirm={() => clear.mutateAsync()}
      >
        They leave your inbox, here and on your other devices, and stay in the archive.
      </ConfirmDialog>
    </div>
  )
}

const empties: Record<Shelf, { icon: ReactNode; title: string; text: string }> = {
  all: {
    icon: <Inbox />,
    title: 'Your inbox is empty',
    text: 'What you should know of comes here the moment it happens.',
  },
  unread: { icon: <MailOpen />, title: 'Nothing unread', text: 'You have read everything.' },
  archived: {
    icon: <Archive />,
    title: 'The archive is empty',
    text: 'What you archive or clear is kept here.',
  },
}

function Empty({ show, search, onAll }: { show: Shelf; search: string; onAll: () => void }) {
  if (search) {
    return (
      <EmptyState
        icon={<SearchX />}
        title={`Nothing here says “${search}”`}
        action={
          <Button variant="secondary" size="sm" onPress={onAll}>
            Show all
          </Button>
        }
      >
        Try fewer words, or {show === 'archived' ? 'the inbox' : 'the archive'}.
      </EmptyState>
    )
  }
  const { icon, title, text } = empties[show]
  return (
    <EmptyState icon={icon} title={title}>
      {text}
    </EmptyState>
  )
}

/** Loads more as soon as the list's end comes near; a press does it too. */
function LoadMore({ isLoading, onVisible }: { isLoading: boolean; onVisible: () => void }) {
  const mark = useRef<HTMLDivElement>(null)
  const load = useRef(onVisible)
  load.current = onVisible
  useEffect(() => {
    if (isLoading || !mark.current) return
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) load.current()
      },
      { rootMargin: '400px' },
    )
    observer.observe(mark.current)
    return () => observer.disconnect()
  }, [isLoading])
  return (
    <div ref={mark} className="flex justify-center border-t border-line p-3">
      <Button variant="quiet" size="sm" isPending={isLoading} onPress={onVisible}>
        Load older
      </Button>
    </div>
  )
}

function Loading() {
  return (
    <div className="divide-y divide-line">
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <div key={i} className="flex items-center gap-3 px-6 py-4">
          <Skeleton className="size-8 rounded-full" />
          <Skeleton className="h-3 w-2/3" />
        </div>
      ))}
    </div>
  )
}
