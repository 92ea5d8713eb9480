import { type Handlers, markFresh } from '@/live'
import { addEntry, changeEntries, setCount } from './cache'

export const notificationsLive: Handlers = {
  notification: ({ seq, payload }, queryClient) => {
    addEntry(queryClient, payload.notification)
    setCount(queryClient, { seq }, payload.unread_count)
    markFresh(`notification:${payload.notification.id}`)
  },
  notification_read: ({ seq, payload }, queryClient) => {
    changeEntries(
      queryClient,
      { id: payload.notification_id, upTo: payload.up_to, unread: true },
      { read_at: payload.read_at },
    )
    setCount(queryClient, { seq }, payload.unread_count)
  },
  notification_seen: ({ seq, payload }, queryClient) => {
    changeEntries(queryClient, { upTo: payload.up_to, unseen: true }, { seen_at: payload.seen_at })
    setCount(queryClient, { seq }, payload.unread_count)
  },
  notification_archived: ({ seq, payload }, queryClient) => {
    changeEntries(
      queryClient,
      { id: payload.notification_id, upTo: payload.up_to },
      { archived_at: payload.archived_at },
    )
    setCount(queryClient, { seq }, payload.unread_count)
  },
}
