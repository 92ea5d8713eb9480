import { createRoute, redirect } from '@tanstack/react-router'
import { SessionEnded, session } from '@/api'
import { meQuery } from '@/api/me'
import { Shell } from '@/app/shell/shell'
import { businessOfHost } from '@/lib/host'
import { rootRoute } from './root'

/** Everything that needs a session: the shell around it, and who is signed in, in the context. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    const business = businessOfHost()
    if (business && location.pathname === '/') {
      throw redirect({ to: '/book/$subdomain', params: { subdomain: business }, replace: true })
    }
    const signIn = () =>
      redirect({ to: '/sign-in', search: location.href === '/' ? {} : { redirect: location.href } })
    if (!session.signedIn) throw signIn()
    try {
      return { me: await context.queryClient.ensureQueryData(meQuery) }
    } catch (error) {
      if (error instanceof SessionEnded) {
        throw redirect({ to: '/sign-in', search: { redirect: location.href, ended: 'expired' } })
      }
      throw error
    }
  },
  component: Shell,
})
