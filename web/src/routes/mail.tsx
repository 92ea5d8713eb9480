import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { adminRoute } from './admin'

export const mailRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/mail',
  validateSearch: z.object({ kind: z.string().max(40).optional().catch(undefined) }),
  component: Mail,
})

const TemplatesPage = lazyRouteComponent(
  () => import('@/features/mail/components/templates-page'),
  'TemplatesPage',
)

function Mail() {
  const navigate = mailRoute.useNavigate()
  return (
    <TemplatesPage
      kind={mailRoute.useSearch().kind}
      onKind={(kind) => void navigate({ search: { kind }, replace: true })}
    />
  )
}
