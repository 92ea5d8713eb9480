import type { QueryClient } from '@tanstack/react-query'
import type { LogEvent, User } from '@/api'
import { type Handlers, insertRow, markFresh, patchRow } from '@/live'
import { DEFAULT_SORT, type UserSearch, usersKey } from './api/list'

/** Where a new user stands in a list. */
function place(user: User, shown: UserSearch): 'first' | 'somewhere' | 'absent' {
  if (shown.type && shown.type !== user.user_type) return 'absent'
  if (shown.status && (shown.status === 'active') !== user.is_active) return 'absent'
  return shown.search || (shown.sort ?? DEFAULT_SORT) !== DEFAULT_SORT ? 'somewhere' : 'first'
}

function changed(event: LogEvent<'user_created' | 'user_updated'>, queryClient: QueryClient): void {
  const { user } = event.payload
  patchRow(queryClient, usersKey, user)
  if (event.type === 'user_created') {
    insertRow<User, UserSearch>(queryClient, usersKey, user, (shown) => place(user, shown))
  }
  markFresh(`user:${user.id}`)
}

export const usersLive: Handlers = { user_created: changed, user_updated: changed }
