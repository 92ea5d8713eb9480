import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { RouterProvider as AriaRouterProvider, I18nProvider } from 'react-aria-components'
import { claimsOf, session } from '@/api'
import { watchTheme } from '@/components/theme'
import { Toaster } from '@/components/ui'
import { watchPush } from '@/features/push/watch'
import { LiveProvider } from '@/live'
import { makeSocket } from './live'
import { drawTogether, makeQueryClient } from './query-client'
import { makeRouter } from './router'

const queryClient = makeQueryClient((positions) => socket.landed(positions))
const socket = makeSocket(queryClient)
const router = makeRouter(queryClient)

/** Whose page this is; another tab may sign somebody else in. */
let owner = session.userId

function watchSession(): void {
  session.listen()
  session.subscribe(async (change) => {
    if (change.type === 'ended') {
      owner = undefined
      // Customers' pages need no session, and are not to be torn away by the end of one.
      const open = /^\/(sign-in|book\/|appointment\/|unsubscribe\/)/.test(router.state.location.pathname)
      if (!open) {
        await router.navigate({
          to: '/sign-in',
          search:
            change.reason === 'signed_out'
              ? {}
              : { redirect: router.state.location.href, ended: change.reason },
        })
      }
      socket.stop()
      socket.forget()
      queryClient.clear()
      return
    }
    const user = claimsOf(session.token).sub
    if (owner !== undefined && user !== owner) {
      location.assign('/')
      return
    }
    owner = user
    // Another tab signed in while this one was waiting to.
    if (router.state.location.pathname === '/sign-in') await router.invalidate()
  })
}

drawTogether()
watchTheme()
watchSession()
watchPush((path) => void router.navigate({ href: path }))

export function App() {
  return (
    <I18nProvider locale={navigator.language}>
      <QueryClientProvider client={queryClient}>
        <LiveProvider socket={socket}>
          <AriaRouterProvider
            navigate={(path) => void router.navigate({ href: path })}
            useHref={(path) => router.history.createHref(path)}
          >
            <RouterProvider router={router} />
            <Toaster />
          </AriaRouterProvider>
        </LiveProvider>
      </QueryClientProvider>
    </I18nProvider>
  )
}
