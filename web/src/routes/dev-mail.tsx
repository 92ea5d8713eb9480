import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { adminRoute } from './admin'

/** The folder of mails, where no mail server is set up. */
export const devMailRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/dev/mail',
  validateSearch: z.object({
    open: z.string().max(200).optional().catch(undefined),
    view: z.enum(['html', 'text', 'headers']).optional().catch(undefined),
  }),
  component: DevMail,
})

const StoredMailsPage = lazyRouteComponent(
  () => import('@/features/mail/components/stored-mails-page'),
  'StoredMailsPage',
)

function DevMail() {
  const navigate = devMailRoute.useNavigate()
  const shown = devMailRoute.useSearch()
  return (
    <StoredMailsPage
      shown={shown}
      onShow={(next) => void navigate({ search: next, replace: shown.open !== undefined })}
    />
  )
}
