import { session } from '@/api'
import { addDevice } from './api/add'
import { getPushKey } from './api/key'
import { labelOf } from './label'

/** Where this browser remembers which of its person's devices it is. */
const KEY = 'push-device'

/** This browser as a device of somebody's. */
interface Ours {
  user: string
  id: string
  endpoint: string
}

export function ours(): Ours | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '') as Ours
  } catch {
    return undefined
  }
}

/** What keeps a browser from showing pushes, if anything does. */
export type Obstacle = 'insecure' | 'install' | 'unsupported'

export function obstacle(): Obstacle | undefined {
  if (!window.isSecureContext) return 'insecure'
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return undefined
  // iPhones and iPads have pushes for apps on the home screen alone.
  return /iPhone|iPad/.test(navigator.userAgent) ? 'install' : 'unsupported'
}

/** How this browser stands: what the person allowed, and where pushes reach it, if they do. */
export interface Here {
  permission: NotificationPermission
  endpoint: string | undefined
}

export async function lookHere(): Promise<Here> {
  const registration = await navigator.serviceWorker.getRegistration('/')
  const subscription = await registration?.pushManager.getSubscription()
  return { permission: Notification.permission, endpoint: subscription?.endpoint }
}

export const registerWorker = () => navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })

/** The person said no, or closed the question. */
export class NotAllowed extends Error {}

/** The browser knows how, and its push service did not let it. */
export class NoPushService extends Error {}

/** Asks the person, subscribes, and tells the server. */
export async function join(key: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed()
  await subscribe(key)
}

async function subscribe(key: string): Promise<void> {
  const user = session.userId
  if (!user) return
  await registerWorker()
  const { pushManager } = await navigator.serviceWorker.ready
  let subscription = await pushManager.getSubscription()
  if (subscription && !isFor(subscription, key)) {
    await subscription.unsubscribe() // the server has another key now: this one reaches nobody
    subscription = null
  }
  try {
    subscription ??= await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(key),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') throw new NotAllowed()
    throw new NoPushService()
  }
  const { id } = await addDevice(subscription, labelOf(navigator.userAgent))
  localStorage.setItem(KEY, JSON.stringify({ user, id, endpoint: subscription.endpoint } satisfies Ours))
}

/** Forgets the subscription of this browser. Its push service tells the server with the next push. */
export async function leave(): Promise<void> {
  localStorage.removeItem(KEY)
  const registration = await navigator.serviceWorker.getRegistration('/')
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

/**
 * Puts right what changed while nobody looked: push services give new addresses, and somebody else may have
 * signed in, who is not to see what is told to the one before.
 */
export async function keep(): Promise<void> {
  const known = ours()
  const user = session.userId
  if (!known || !user) return
  if (known.user !== user) return leave()
  const { permission, endpoint } = await lookHere()
  if (permission === 'granted' && endpoint !== known.endpoint) await subscribe(await getPushKey())
}

function isFor(subscription: PushSubscription, key: string): boolean {
  const used = subscription.options.applicationServerKey
  if (!used) return true // the browser does not say
  const wanted = bytesOf(key)
  const bytes = new Uint8Array(used)
  return bytes.length === wanted.length && bytes.every((b, i) => b === wanted[i])
}

/** Reads base64url. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (c) => c.charCodeAt(0))
}
