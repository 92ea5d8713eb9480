import type { Notification, User } from '@/api'

/** Where the thing is that an entry is about; undefined where there is no page of it. */
export function linkOf({ payload }: Notification, me: User): string | undefined {
  if (payload.conversation_id) {
    return `${me.is_super_admin ? '' : '/my'}/messages/${payload.conversation_id}`
  }
  if (me.is_super_admin) {
    if (payload.reservation_id) return `/reservations?open=${payload.reservation_id}`
    if (payload.business_id) return `/businesses?open=${payload.business_id}`
    return undefined
  }
  if (payload.reservation_id) return `/my/reservations?open=${payload.reservation_id}`
  return '/my'
}
