import type { User } from '@/api'

export function NotificationBell(_: { me: User }) {
  return null
}
