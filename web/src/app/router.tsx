import type { QueryClient } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import { adminRoute } from '@/routes/admin'
import { appRoute } from '@/routes/app'
import { appointmentRoute } from '@/routes/appointment'
import { bookRoute } from '@/routes/book'
import { businessCalendarRoute } from '@/routes/business-calendar'
import { businessSettingsRoute } from '@/routes/business-settings'
import { businessesRoute } from '@/routes/businesses'
import { dashboardRoute } from '@/routes/dashboard'
import { deliveriesRoute } from '@/routes/deliveries'
import { devMailRoute } from '@/routes/dev-mail'
import { inboxRoute } from '@/routes/inbox'
import { indexRoute } from '@/routes/index'
import { mailRoute } from '@/routes/mail'
import { messagesOpenRoute, messagesRoute } from '@/routes/messages'
import { myRoute } from '@/routes/my'
import { myCalendarRoute } from '@/routes/my-calendar'
import { myMessagesOpenRoute, myMessagesRoute } from '@/routes/my-messages'
import { myReservationsRoute } from '@/routes/my-reservations'
import { mySettingsRoute } from '@/routes/my-settings'
import { ownerRoute } from '@/routes/owner'
import { preferencesRoute } from '@/routes/preferences'
import { reservationsRoute } from '@/routes/reservations'
import { rootRoute } from '@/routes/root'
import { signInRoute } from '@/routes/sign-in'
import { systemRoute } from '@/routes/system'
import { unsubscribeRoute } from '@/routes/unsubscribe'
import { usersRoute } from '@/routes/users'

const routeTree = rootRoute.addChildren([
  signInRoute,
  bookRoute,
  appointmentRoute,
  unsubscribeRoute,
  appRoute.addChildren([
    indexRoute,
    inboxRoute,
    deliveriesRoute,
    preferencesRoute,
    adminRoute.addChildren([
      dashboardRoute,
      businessesRoute,
      businessCalendarRoute,
      businessSettingsRoute,
      reservationsRoute,
      usersRoute,
      messagesRoute,
      messagesOpenRoute,
      systemRoute,
      mailRoute,
      devMailRoute,
    ]),
    ownerRoute.addChildren([
      myRoute,
      myCalendarRoute,
      myReservationsRoute,
      mySettingsRoute,
      myMessagesRoute,
      myMessagesOpenRoute,
    ]),
  ]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
