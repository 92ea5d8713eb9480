import { ArrowLeft, Search, SearchX } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ChatMessage, Conversation, Participant, User } from '@/api'
import { PresenceDot } from '@/components/presence-dot'
import { Button, EmptyState, ErrorState, IconButton, SearchBox, Skeleton } from '@/components/ui'
import { useChannel, useOnline } from '@/live'
import { useConversation } from '../api/conversations'
import { useMessages } from '../api/messages'
import { useRead } from '../api/read'
import { type Outgoing, useSend } from '../api/send'
import { useTyping } from '../use-typing'
import { titleOf, topicOf } from '../words'
import { Composer } from './composer'
import { MessageList } from './message-list'

interface Props {
  id: string
  me: User
  onBack: () => void
}

/** One conversation: its history, who is there, and what one writes. */
export function Thread({ id, me, onBack }: Props) {
  const channel = `conversation:${id}`
  useChannel(channel)
  const [search, setSearch] = useState('')
  const [searching, setSearching] = useState(false)
  const conversation = useConversation(id)
  const history = useMessages(id, search)
  const { outgoing, send, retry, discard } = useSend(id)
  const { typing, wrote } = useTyping(channel, me.id)
  const messages = useMemo(
    () => (history.data?.pages.flatMap((page) => page.items) ?? []).toReversed(),
    [history.data],
  )
  const newest = messages.at(-1)
  const author = newest?.author
  const number = newest?.number ?? 0
  // Who has sent what they wrote writes no more.
  const told = useRef(wrote)
  told.current = wrote
  useEffect(() => {
    if (author && number) told.current(author)
  }, [author, number])
  const readUpTo = useReadUpTo(id, search === '' ? number : 0, conversation.data, me)

  if (conversation.error && !conversation.data) {
    return <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
  }
  const all = conversation.data
  return (
    <>
      <Header
        conversation={all}
        me={me}
        onBack={onBack}
        onSearch={() => {
          setSearching(!searching)
          setSearch('')
        }}
      />
      {searching && (
        <div className="border-b border-line p-3">
          <SearchBox
            label="Search this conversation"
            value={search}
            onChange={setSearch}
            className="sm:w-full"
          />
        </div>
      )}
      <Scroller
        newest={number}
        waiting={outgoing.length}
        onTop={() => history.hasNextPage && !history.isFetching && void history.fetchNextPage()}
      >
        {history.error && messages.length === 0 ? (
          <ErrorState error={history.error} onRetry={() => void history.refetch()} />
        ) : history.isPending || !all ? (
          <Skeleton className="m-6 h-24 w-2/3" />
        ) : messages.length === 0 && outgoing.length === 0 ? (
          search ? (
            <EmptyState icon={<SearchX />} title={`Nobody wrote “${search}”`}>
              Try fewer words.
            </EmptyState>
          ) : (
            <EmptyState title="Nobody has written yet" className="m-auto">
              Write the first message below.
            </EmptyState>
          )
        ) : (
          <>
            {history.hasNextPage && (
              <div className="flex justify-center p-2">
                <Button
                  variant="quiet"
                  size="sm"
                  isPending={history.isFetchingNextPage}
                  onPress={() => void history.fetchNextPage()}
                >
                  Load older
                </Button>
              </div>
            )}
            <MessageList
              messages={messages}
              outgoing={search ? [] : unsent(outgoing, messages, me)}
              participants={all.participants}
              me={me}
              readUpTo={readUpTo}
              onRetry={(message) => void retry(message)}
              onDiscard={discard}
            />
          </>
        )}
      </Scroller>
      <p role="status" data-testid="typing" className="min-h-6 px-4 text-xs text-ink-muted">
        {typingText(typing, all?.participants ?? [])}
      </p>
      <Composer channel={channel} onSend={(body) => send(body, number)} />
    </>
  )
}

/** What is on its way, without what has arrived before its answer has. */
function unsent(outgoing: Outgoing[], messages: ChatMessage[], me: User): Outgoing[] {
  const arrived = messages.filter((m) => m.author === me.id)
  const used = new Set<string>()
  return outgoing.filter((o) => {
    const match = arrived.find((m) => m.number > o.after && m.body === o.body.trim() && !used.has(m.id))
    if (match) used.add(match.id)
    return !match
  })
}

function typingText(ids: string[], participants: Participant[]): string {
  const names = ids.map((id) => participants.find((p) => p.user === id)?.name ?? 'Somebody')
  if (names.length === 0) return ''
  if (names.length === 1) return `${names[0]} is writing…`
  return names.length === 2 ? `${names[0]} and ${names[1]} are writing…` : 'Several people are writing…'
}

/**
 * Tells the server how far one has read, while the page is visible; gives up to where that was when the
 * conversation was opened, which is where the new messages begin.
 */
function useReadUpTo(
  id: string,
  newest: number,
  conversation: Conversation | undefined,
  me: User,
): number | undefined {
  const { mutate } = useRead(id)
  const mine = conversation?.participants.find((p) => p.user === me.id)
  const [opened, setOpened] = useState<number>()
  if (opened === undefined && conversation) setOpened(mine?.read_number ?? 0)
  const read = conversation ? (mine?.read_number ?? 0) : undefined
  const told = useRef(0)
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible' || read === undefined) return
      if (newest <= read || newest <= told.current) return
      told.current = newest
      mutate(newest, {
        onError: () => {
          told.current = 0 // tried again with the next message, or when the page is looked at again
        },
      })
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [newest, read, mutate])
  return opened
}

function Header({
  conversation,
  me,
  onBack,
  onSearch,
}: {
  conversation: Conversation | undefined
  me: User
  onBack: () => void
  onSearch: () => void
}) {
  const isOnline = useOnline()
  const others = conversation?.participants.filter((p) => p.user !== me.id) ?? []
  const across = others.filter((p) => (p.role === 'super_admin') !== me.is_super_admin)
  const there = across.some((p) => isOnline(p.user))
  const topic = conversation && topicOf(conversation)
  return (
    <header className="flex items-center gap-2 border-b border-line px-3 py-2.5">
      <IconButton aria-label="All conversations" onPress={onBack} className="md:hidden">
        <ArrowLeft />
      </IconButton>
      <div className="min-w-0 flex-1">
        <h2 className="flex items-center gap-2 font-semibold">
          <span className="truncate">{conversation ? titleOf(conversation, me) : '…'}</span>
          <PresenceDot online={across.length > 0 ? there : undefined} />
        </h2>
        <p className="truncate text-xs text-ink-muted" title={others.map((p) => p.name).join(', ')}>
          {topic ?? (others.length > 0 ? others.map((p) => p.name).join(', ') : 'Nobody else is here')}
        </p>
      </div>
      <IconButton aria-label="Search this conversation" onPress={onSearch}>
        <Search />
      </IconButton>
    </header>
  )
}

/** Stays at the newest message, unless one has scrolled up; keeps its place while older ones come in above. */
function Scroller({
  newest,
  waiting,
  onTop,
  children,
}: {
  newest: number
  waiting: number
  onTop: () => void
  children: React.ReactNode
}) {
  const box = useRef<HTMLDivElement>(null)
  const fromBottom = useRef(0)
  const last = useRef({ newest, waiting })
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const grewBelow = last.current.newest !== newest || last.current.waiting !== waiting
    if (waiting > last.current.waiting) fromBottom.current = 0 // whoever writes wants to see it
    last.current = { newest, waiting }
    // What arrives below moves nothing for whoever reads above; what arrives above pushes down what they read.
    if (fromBottom.current >= 80 && grewBelow)
      fromBottom.current = el.scrollHeight - el.clientHeight - el.scrollTop
    else el.scrollTop = el.scrollHeight - el.clientHeight - (fromBottom.current < 80 ? 0 : fromBottom.current)
  })
  return (
    <div
      ref={box}
      role="log"
      aria-label="Messages"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: el }) => {
        fromBottom.current = el.scrollHeight - el.clientHeight - el.scrollTop
        if (el.scrollTop < 200) onTop()
      }}
      className="flex min-h-0 flex-1 flex-col overflow-y-auto py-2 outline-offset-[-2px] contain-strict"
    >
      {children}
    </div>
  )
}
