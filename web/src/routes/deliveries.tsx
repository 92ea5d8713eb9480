import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { Files } from 'lucide-react'
import { useMe } from '@/api/me'
import { LinkButton } from '@/components/ui'
import { deliverySearch } from '@/features/deliveries/search'
import { appRoute } from './app'

/** What became of mails and pushes: all for super admins, for owners those of their business. */
export const deliveriesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/deliveries',
  validateSearch: deliverySearch,
  component: Deliveries,
})

const DeliveriesPage = lazyRouteComponent(
  () => import('@/features/deliveries/components/deliveries-page'),
  'DeliveriesPage',
)

function Deliveries() {
  const { is_super_admin: isAdmin } = useMe()
  const shown = deliveriesRoute.useSearch()
  const navigate = deliveriesRoute.useNavigate()
  return (
    <DeliveriesPage
      isAdmin={isAdmin}
      shown={shown}
      // A panel has a place in the history, so that back closes it; filters have none.
      onShow={(next) =>
        void navigate({ search: next, replace: next.open === undefined || shown.open !== undefined })
      }
    >
      {isAdmin && (
        <LinkButton to="/mail" variant="secondary">
          <Files aria-hidden className="size-4" />
          Mail templates
        </LinkButton>
      )}
    </DeliveriesPage>
  )
}
