import { createRoute } from '@tanstack/react-router'
import { UnsubscribePage } from '@/features/preferences/components/unsubscribe-page'
import { rootRoute } from './root'

/** Ends a kind of mail, by the link in one; for anybody who has it. */
export const unsubscribeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/unsubscribe/$token',
  component: Unsubscribe,
})

function Unsubscribe() {
  const { token } = unsubscribeRoute.useParams()
  return <UnsubscribePage key={token} token={token} />
}
