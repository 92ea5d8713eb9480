import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { InboxPage } from '@/features/notifications/components/inbox-page'
import { appRoute } from './app'

export const inboxRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/inbox',
  validateSearch: z.object({ show: z.enum(['unread', 'archived']).optional().catch(undefined) }),
  component: Inbox,
})

function Inbox() {
  const { show = 'all' } = inboxRoute.useSearch()
  const navigate = inboxRoute.useNavigate()
  return (
    <InboxPage
      show={show}
      onShow={(next) => void navigate({ search: next === 'all' ? {} : { show: next }, replace: true })}
    />
  )
}
