import { Link, useRouter } from '@tanstack/react-router'
import { Bell, CheckCheck, Inbox, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Dialog, DialogTrigger } from 'react-aria-components'
import type { Notification, User } from '@/api'
import { Button, ConfirmDialog, EmptyState, ErrorState, IconButton, Popover, Skeleton } from '@/components/ui'
import { setTitleCount } from '@/lib/title'
import { useInbox } from '../api/list'
import { useClear, useMarkAllRead, useMarkRead } from '../api/mark'
import { useUnreadCount } from '../api/unread-count'
import { linkOf } from '../links'
import { useSeen } from '../use-seen'
import { BellItem } from './bell-item'

const SHOWN = 20

export function NotificationBell({ me }: { me: User }) {
  const unread = useUnreadCount()
  const [open, setOpen] = useState(false)
  const [clearing, setClearing] = useState(false)
  const clear = useClear()

  useEffect(() => {
    setTitleCount(unread)
    return () => setTitleCount(0)
  }, [unread])

  return (
    <>
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <IconButton
          data-testid="notification-bell"
          aria-label={unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`}
        >
          <Bell aria-hidden />
          {unread > 0 && (
            <span
              aria-hidden
              data-testid="notification-badge"
              className="absolute -top-0.5 -right-1 min-w-[18px] rounded-full bg-bad px-1 text-center text-[11px] leading-[18px] font-semibold text-white tabular-nums ring-2 ring-canvas dark:text-canvas"
            >
              {unread > 99 ? '99+' : unread}
            </span>
          )}
        </IconButton>
        <Popover placement="bottom end" className="w-[min(25rem,calc(100vw-1.5rem))] overflow-hidden">
          <Dialog aria-label="Notifications" className="flex max-h-[min(36rem,80dvh)] flex-col outline-none">
            <BellPanel
              me={me}
              unread={unread}
              onClose={() => setOpen(false)}
              onClear={() => setClearing(true)}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      <ConfirmDialog
        title="Clear all notifications?"
        action="Clear all"
        isOpen={clearing}
        onClose={() => setClearing(false)}
        onConfirm={() => clear.mutateAsync()}
      >
        They leave your inbox, here and on your other devices, and stay in the archive.
      </ConfirmDialog>
      <Announcer unread={unread} />
    </>
  )
}

/** Reads out that something came, but not what was there when the page opened. */
function Announcer({ unread }: { unread: number }) {
  const before = useRef(unread)
  const [text, setText] = useState('')
  useEffect(() => {
    if (unread > before.current && before.current > 0) setText(`${unread} unread notifications`)
    before.current = unread
  }, [unread])
  return (
    <span aria-live="polite" className="sr-only">
      {text}
    </span>
  )
}

interface PanelProps {
  me: User
  unread: number
  onClose: () => void
  onClear: () => void
}

function BellPanel({ me, unread, onClose, onClear }: PanelProps) {
  const router = useRouter()
  const inbox = useInbox('all')
  const markRead = useMarkRead()
  const markAll = useMarkAllRead()
  const entries = inbox.data?.pages.flatMap((page) => page.items).slice(0, SHOWN) ?? []
  const isNew = useSeen(entries, true)

  const visit = (entry: Notification) => {
    if (entry.read_at === null) markRead.mutate(entry)
    const href = linkOf(entry, me)
    onClose()
    if (href) void router.navigate({ href })
  }

  return (
    <>
      <header className="flex items-center gap-1 border-b border-line py-2 pr-2 pl-4">
        <h2 className="flex-1 text-sm font-semibold">Notifications</h2>
        <Button variant="quiet" size="sm" isDisabled={unread === 0} onPress={() => markAll.mutate()}>
          <CheckCheck aria-hidden className="size-4" />
          Mark all read
        </Button>
        <IconButton
          aria-label="Clear all"
          isDisabled={entries.length === 0}
          onPress={() => {
            onClose()
            onClear()
          }}
        >
          <Trash2 aria-hidden />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {inbox.error && entries.length === 0 ? (
          <ErrorState error={inbox.error} onRetry={() => void inbox.refetch()} />
        ) : inbox.isPending ? (
          <div className="flex flex-col gap-4 p-4">
            {[0, 1, 2, 3].map((i) => (
              <Skeleton key={i} className="h-9" />
            ))}
          </div>
        ) : entries.length === 0 ? (
          <EmptyState icon={<Bell />} title="Nothing new">
            You are told here of what happens while you work.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {entries.map((entry) => (
              <BellItem key={entry.id} entry={entry} isNew={isNew(entry)} onOpen={() => visit(entry)} />
            ))}
          </ul>
        )}
      </div>
      <footer className="border-t border-line p-2">
        <Link
          to="/inbox"
          onClick={onClose}
          className="flex h-9 items-center justify-center gap-2 rounded-lg text-[13px] font-medium text-accent hover:bg-accent-soft"
        >
          <Inbox aria-hidden className="size-4" />
          Open the inbox
        </Link>
      </footer>
    </>
  )
}
