import { session } from '@/api'
import { businessOfHost } from '@/lib/host'
import { keep, leave, registerWorker } from './device'

/** Pages of customers, who are not to carry what those who work here need. */
const CUSTOMERS = /^\/(book|appointment|unsubscribe)(\/|$)/

/**
 * Sets the service worker up and does what it asks: opens the page of a notification that was clicked, and
 * tells the server when the push service changed its mind. Whoever signs out gets no more pushes here.
 */
export function watchPush(open: (path: string) => void): void {
  if (!window.isSecureContext || !('serviceWorker' in navigator) || businessOfHost()) return
  navigator.serviceWorker.addEventListener('message', (event) => {
    if (event.data?.type === 'open' && typeof event.data.path === 'string') {
      event.ports[0]?.postMessage('done')
      open(event.data.path)
    } else if (event.data?.type === 'subscription') attempt(keep)
  })
  session.subscribe((change) => {
    if (change.type === 'token') attempt(keep)
    else if (change.reason !== 'expired') attempt(leave)
  })
  if (CUSTOMERS.test(location.pathname)) return
  // After the page: the shell that it keeps would be in its way.
  const begin = () => attempt(() => registerWorker().then(keep))
  if (document.readyState === 'complete') begin()
  else window.addEventListener('load', begin, { once: true })
}

/** Nobody waits for these: what fails is tried again with the next page. */
function attempt(task: () => Promise<unknown>): void {
  task().catch((error: unknown) => console.warn('push:', error))
}
