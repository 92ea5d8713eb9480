import { Outlet } from '@tanstack/react-router'
import { Menu } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '@/api/me'
import { Logo, LogoMark } from '@/components/logo'
import { Drawer, IconButton } from '@/components/ui'
import { useMailFolder } from '@/features/mail/api/road'
import { NotificationBell } from '@/features/notifications/components/notification-bell'
import { useUnreadMessages } from '@/features/talk/api/unread'
import { useChannel, useConnection, useFollowPresence } from '@/live'
import { ConnectionPill } from './connection-pill'
import { navFor } from './nav'
import { NavList } from './nav-list'
import { UserMenu } from './user-menu'

/**
 * The frame of every page behind the sign-in: navigation, the state of the connection, the bell, and the
 * person. It follows the channels of whoever is signed in for as long as they are, so that pages show
 * what happened while another page was open.
 */
export function Shell() {
  const me = useMe()
  const [open, setOpen] = useState(false)
  const items = navFor(me, useMailFolder(me.is_super_admin))

  const messages = useUnreadMessages()
  const counts = { '/messages': messages, '/my/messages': messages }

  useConnection()
  useFollowPresence()
  useChannel(me.is_super_admin ? undefined : 'support')
  useChannel(me.is_super_admin ? 'dashboard' : undefined)
  useChannel(me.business ? `business:${me.business}` : undefined)
  useChannel(`user:${me.id}`)

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>

      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line lg:flex">
        <div className="flex h-16 items-center px-6">
          <Logo />
        </div>
        <NavList items={items} counts={counts} />
        <div className="mt-auto border-t border-line p-3">
          <UserMenu me={me} variant="full" />
        </div>
      </aside>

      <Drawer label="Navigation" isOpen={open} onClose={() => setOpen(false)}>
        <div className="flex h-16 items-center px-6">
          <Logo />
        </div>
        <NavList items={items} counts={counts} onNavigate={() => setOpen(false)} />
      </Drawer>

      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex h-16 items-center gap-1 border-b border-line bg-canvas/85 px-3 backdrop-blur-md sm:px-6 lg:px-8">
          <IconButton aria-label="Open navigation" onPress={() => setOpen(true)} className="lg:hidden">
            <Menu />
          </IconButton>
          <LogoMark className="ml-1 size-7 lg:hidden" />
          <span
            className="ml-2 min-w-0 flex-1 truncate lg:ml-0 font-medium text-ink-muted"
            title={me.business_details?.name}
          >
            {me.business_details?.name}
          </span>
          <ConnectionPill />
          <NotificationBell me={me} />
          <div className="lg:hidden">
            <UserMenu me={me} variant="avatar" />
          </div>
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none sm:px-6 sm:py-8 lg:px-8"
        >
          <Outlet />
        </main>
      </div>
    </div>
  )
}
