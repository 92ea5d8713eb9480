import { api, type PushDevice } from '@/api'

/** Tells the server of a subscription. The same one again is the same device. */
export function addDevice(subscription: PushSubscription, label: string): Promise<PushDevice> {
  const { endpoint, keys } = subscription.toJSON()
  return api.post<PushDevice>('/api/push/subscriptions/', {
    endpoint,
    keys: { p256dh: keys?.p256dh, auth: keys?.auth },
    label,
  })
}
