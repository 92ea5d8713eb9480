import { createRoute, redirect } from '@tanstack/react-router'
import { appRoute } from './app'

/** The start of whoever is signed in. */
export const indexRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    throw redirect({ href: context.me.is_super_admin ? '/dashboard' : '/my', replace: true })
  },
})
