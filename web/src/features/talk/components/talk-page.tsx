import { MessagesSquare } from 'lucide-react'
import { useMe } from '@/api/me'
import { PageTitle } from '@/components/page-title'
import { Card, EmptyState } from '@/components/ui'
import { cx } from '@/lib/cx'
import { ConversationList } from './conversation-list'
import { Thread } from './thread'

interface Props {
  open: string | undefined
  search: string
  onOpen: (id: string | undefined) => void
  onSearch: (search: string) => void
}

/** Conversations beside the one that is open; on a phone one or the other. */
export function TalkPage({ open, search, onOpen, onSearch }: Props) {
  const me = useMe()
  return (
    <>
      <PageTitle>Messages</PageTitle>
      <h1 className={cx('mb-4 text-2xl font-semibold', open && 'max-md:sr-only')}>Messages</h1>
      <Card className="grid h-[calc(100dvh-12rem)] min-h-96 max-md:h-[calc(100dvh-7rem)] grid-cols-[minmax(0,1fr)] overflow-hidden md:grid-cols-[20rem_minmax(0,1fr)]">
        <ConversationList
          me={me}
          open={open}
          search={search}
          onOpen={onOpen}
          onSearch={onSearch}
          className={cx(open && 'max-md:hidden')}
        />
        <div
          className={cx('flex min-h-0 min-w-0 flex-col md:border-l md:border-line', !open && 'max-md:hidden')}
        >
          {open ? (
            <Thread key={open} id={open} me={me} onBack={() => onOpen(undefined)} />
          ) : (
            <EmptyState icon={<MessagesSquare />} title="No conversation is open" className="m-auto">
              Choose one on the left, or begin one.
            </EmptyState>
          )}
        </div>
      </Card>
    </>
  )
}
