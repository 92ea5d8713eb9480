import { CircleAlert, Clock } from 'lucide-react'
import { Fragment, memo } from 'react'
import type { ChatMessage, Participant, User } from '@/api'
import { Button } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatDay, formatExact } from '@/lib/format'
import type { Outgoing } from '../api/send'

interface Props {
  /** Oldest first. */
  messages: ChatMessage[]
  outgoing: Outgoing[]
  participants: Participant[]
  me: User
  /** Messages after this one were new when the conversation was opened. */
  readUpTo: number | undefined
  onRetry: (message: Outgoing) => void
  onDiscard: (key: string) => void
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayOf = (message: ChatMessage) => new Date(message.created_at).toDateString()

export function MessageList({ messages, outgoing, participants, me, readUpTo, onRetry, onDiscard }: Props) {
  const firstNew =
    readUpTo === undefined ? undefined : messages.find((m) => m.number > readUpTo && m.author !== me.id)
  const lastOwn = messages.findLast((m) => m.author === me.id)
  return (
    <ol className="mt-auto flex flex-col gap-1 px-4">
      {messages.map((message, i) => {
        const before = messages[i - 1]
        const isNewDay = !before || dayOf(before) !== dayOf(message)
        return (
          <Fragment key={message.id}>
            {isNewDay && <Line>{formatDay(message.created_at)}</Line>}
            {message === firstNew && <Line accent>New</Line>}
            <Bubble
              message={message}
              isMine={message.author === me.id}
              showAuthor={message.author !== me.id && (isNewDay || before?.author !== message.author)}
            />
            {message === lastOwn && <Receipt message={message} participants={participants} me={me} />}
          </Fragment>
        )
      })}
      {outgoing.map((message) => (
        <li key={message.key} data-testid="outgoing" className="flex flex-col items-end gap-1">
          <p className={cx(bubble, 'bg-accent text-on-accent opacity-70')}>{message.body}</p>
          {message.error ? (
            <div role="alert" className="flex flex-wrap items-center justify-end gap-2 text-xs text-bad">
              <CircleAlert aria-hidden className="size-3.5" />
              <span>Not sent. {message.error}</span>
              <Button variant="quiet" size="sm" onPress={() => onRetry(message)}>
                Try again
              </Button>
              <Button variant="quiet" size="sm" onPress={() => onDiscard(message.key)}>
                Discard
              </Button>
            </div>
          ) : (
            <span className="flex items-center gap-1 text-xs text-ink-muted">
              <Clock aria-hidden className="size-3" />
              Sending…
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}

const bubble =
  'max-w-[85%] rounded-2xl px-3.5 py-2 whitespace-pre-wrap break-words [overflow-wrap:anywhere] sm:max-w-[70%]'

interface BubbleProps {
  message: ChatMessage
  isMine: boolean
  showAuthor: boolean
}

/** Drawn once: there may be ten thousand, and one more moves none of them. */
const Bubble = memo(function Bubble({ message, isMine, showAuthor }: BubbleProps) {
  return (
    <li data-testid="message" className={cx('flex flex-col', isMine ? 'items-end' : 'items-start')}>
      {showAuthor && (
        <span className="mt-2 px-1 text-xs font-medium text-ink-muted">{message.author_name}</span>
      )}
      <div className={cx(bubble, isMine ? 'bg-accent text-on-accent' : 'bg-sunken')}>
        {isMine && <span className="sr-only">You: </span>}
        {message.body}
        <time
          dateTime={message.created_at}
          title={formatExact(message.created_at)}
          className={cx('ml-2 text-[11px]', isMine ? 'text-on-accent/80' : 'text-ink-muted')}
        >
          {clock.format(new Date(message.created_at))}
        </time>
      </div>
    </li>
  )
})

/** What became of the newest message of one's own. */
function Receipt({
  message,
  participants,
  me,
}: {
  message: ChatMessage
  participants: Participant[]
  me: User
}) {
  const others = participants.filter((p) => p.user !== me.id)
  const readers = others.filter((p) => p.read_number >= message.number)
  const delivered = others.filter((p) => p.delivered_number >= message.number)
  const text =
    readers.length > 0
      ? `Read by ${readers.map((p) => p.name).join(', ')}`
      : delivered.length > 0
        ? `Delivered to ${delivered.map((p) => p.name).join(', ')}`
        : 'Sent'
  return (
    <li data-testid="receipt" className="max-w-full self-end truncate text-xs text-ink-muted" title={text}>
      {text}
    </li>
  )
}

function Line({ children, accent }: { children: React.ReactNode; accent?: boolean }) {
  return (
    <li
      className={cx(
        'my-2 flex items-center gap-3 text-xs font-medium before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line',
        accent ? 'text-accent' : 'text-ink-muted',
      )}
    >
      {children}
    </li>
  )
}
