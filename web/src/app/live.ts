import type { QueryClient } from '@tanstack/react-query'
import { api, session } from '@/api'
import { accountLive } from '@/features/account/live'
import { businessesLive } from '@/features/businesses/live'
import { calendarLive } from '@/features/calendar/live'
import { catalogueLive } from '@/features/catalogue/live'
import { dashboardLive } from '@/features/dashboard/live'
import { notificationsLive } from '@/features/notifications/live'
import { ownerLive } from '@/features/owner/live'
import { reservationsLive } from '@/features/reservations/live'
import { talkLive } from '@/features/talk/live'
import { usersLive } from '@/features/users/live'
import { Dispatcher, type Handlers, invalidateChannel, LiveSocket } from '@/live'

/** Every feature that lives on events, in the order they are told. */
const features: Handlers[] = [
  accountLive,
  dashboardLive,
  notificationsLive,
  businessesLive,
  reservationsLive,
  usersLive,
  ownerLive,
  calendarLive,
  catalogueLive,
  talkLive,
]

export function makeSocket(queryClient: QueryClient): LiveSocket {
  const dispatcher = new Dispatcher(queryClient, features)
  return new LiveSocket({
    session,
    verify: () => api.get('/api/auth/me/'),
    onEvent: (event) => dispatcher.dispatch(event),
    ack: (channel, seq) => {
      // A failure costs a mail at worst, and the next ack says it again.
      if (channel.startsWith('user:'))
        void api.post('/api/notifications/acked/', { up_to: seq }).catch(() => undefined)
    },
    onReset: (channel) => invalidateChannel(queryClient, channel),
  })
}
