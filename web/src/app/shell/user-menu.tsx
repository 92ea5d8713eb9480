import { useRouter } from '@tanstack/react-router'
import { BellRing, ChevronsUpDown, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { Button } from 'react-aria-components'
import { session, type User } from '@/api'
import { Avatar } from '@/components/avatar'
import { setTheme, type Theme, useTheme } from '@/components/theme'
import { Menu, MenuGroup, MenuItem, MenuSeparator, MenuTrigger, Popover } from '@/components/ui'
import { formatWord } from '@/lib/format'

export function UserMenu({ me, variant }: { me: User; variant: 'full' | 'avatar' }) {
  const theme = useTheme()
  const router = useRouter()
  const name = [me.first_name, me.last_name].filter(Boolean).join(' ') || me.email
  return (
    <MenuTrigger>
      {variant === 'full' ? (
        <Button className="flex w-full min-w-0 items-center gap-3 rounded-lg p-2 text-left transition-colors hover:bg-sunken dark:hover:bg-line">
          <Avatar name={name} />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-[13px] font-medium text-ink" title={name}>
              {name}
            </span>
            <span className="block truncate text-xs text-ink-muted" title={me.email}>
              {me.email}
            </span>
          </span>
          <span className="sr-only">Account and theme</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-ink-faint" />
        </Button>
      ) : (
        <Button className="ml-1 flex rounded-lg">
          <Avatar name={name} />
          <span className="sr-only">{name}: account and theme</span>
        </Button>
      )}
      <Popover placement={variant === 'full' ? 'top start' : 'bottom end'} className="w-64">
        <div className="border-b border-line px-3.5 py-3">
          <p className="truncate text-sm font-medium text-ink">{name}</p>
          <p className="truncate text-xs text-ink-muted">{me.email}</p>
          <p className="mt-1 text-xs text-ink-faint">{formatWord(me.user_type)}</p>
        </div>
        <Menu
          aria-label="Account"
          onAction={(key) => {
            if (key === 'sign-out') void session.signOut()
            if (key === 'preferences') void router.navigate({ to: '/preferences' })
          }}
        >
          <MenuItem id="preferences" icon={<BellRing />}>
            Preferences
          </MenuItem>
          <MenuSeparator />
          <MenuGroup
            title="Theme"
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const [key] = keys
              if (key !== undefined) setTheme(key as Theme)
            }}
          >
            <MenuItem id="system" icon={<Monitor />}>
              System
            </MenuItem>
            <MenuItem id="light" icon={<Sun />}>
              Light
            </MenuItem>
            <MenuItem id="dark" icon={<Moon />}>
              Dark
            </MenuItem>
          </MenuGroup>
          <MenuSeparator />
          <MenuItem id="sign-out" icon={<LogOut />}>
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
