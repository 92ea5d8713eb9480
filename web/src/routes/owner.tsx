import { createRoute, redirect } from '@tanstack/react-router'
import { appRoute } from './app'

/** Pages of a business owner; anybody else is sent to their own start. */
export const ownerRoute = createRoute({
  getParentRoute: () => appRoute,
  id: 'owner',
  beforeLoad: ({ context }) => {
    if (!context.me.is_business_owner) throw redirect({ to: '/' })
  },
})
