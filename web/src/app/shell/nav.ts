import type { LinkProps } from '@tanstack/react-router'
import {
  Activity,
  CalendarClock,
  CalendarDays,
  House,
  Inbox,
  LayoutDashboard,
  type LucideIcon,
  MailCheck,
  Mails,
  MessagesSquare,
  Settings,
  Store,
  Users,
} from 'lucide-react'
import type { User } from '@/api'

export interface NavItem {
  to: LinkProps['to'] & string
  label: string
  icon: LucideIcon
  /** Also current on the pages below it. */
  deep?: boolean
}

const admin: NavItem[] = [
  { to: '/dashboard', label: 'Dashboard', icon: LayoutDashboard },
  { to: '/businesses', label: 'Businesses', icon: Store, deep: true },
  { to: '/reservations', label: 'Reservations', icon: CalendarDays, deep: true },
  { to: '/users', label: 'Users', icon: Users, deep: true },
  { to: '/messages', label: 'Messages', icon: MessagesSquare, deep: true },
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/deliveries', label: 'Deliveries', icon: MailCheck },
  { to: '/system', label: 'System', icon: Activity },
]

const owner: NavItem[] = [
  { to: '/my', label: 'Overview', icon: House },
  { to: '/my/calendar', label: 'Calendar', icon: CalendarClock },
  { to: '/my/reservations', label: 'Reservations', icon: CalendarDays, deep: true },
  { to: '/my/settings', label: 'Settings', icon: Settings, deep: true },
  { to: '/my/messages', label: 'Messages', icon: MessagesSquare, deep: true },
  { to: '/inbox', label: 'Inbox', icon: Inbox },
  { to: '/deliveries', label: 'Deliveries', icon: MailCheck },
]

const folder: NavItem = { to: '/dev/mail', label: 'Mail folder', icon: Mails }

/** Where a person can go; the folder of mails is there only where mails go into one. */
export const navFor = (me: User, mailFolder: boolean): NavItem[] =>
  me.is_super_admin ? (mailFolder ? [...admin, folder] : admin) : owner
