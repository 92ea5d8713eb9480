import { createRoute, redirect } from '@tanstack/react-router'
import { appRoute } from './app'

/** Pages of the super admin; anybody else is sent to their own start. */
export const adminRoute = createRoute({
  getParentRoute: () => appRoute,
  id: 'admin',
  beforeLoad: ({ context }) => {
    if (!context.me.is_super_admin) throw redirect({ to: '/' })
  },
})
