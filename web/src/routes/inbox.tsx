import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { InboxPage } from '@/features/notifications/components/inbox-page'
import { appRoute } from './app'

export const inboxRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/inbox',
  validateSearch: z.object({
    show: z.enum(['unread', 'archived']).optional().catch(undefined),
    search: z.string().optional().catch(undefined),
  }),
  component: Inbox,
})

function Inbox() {
  const { show = 'all', search = '' } = inboxRoute.useSearch()
  const navigate = inboxRoute.useNavigate()
  return (
    <InboxPage
      show={show}
      search={search}
      onShow={(next, text) =>
        void navigate({
          search: { show: next === 'all' ? undefined : next, search: text || undefined },
          replace: true,
        })
      }
    />
  )
}
