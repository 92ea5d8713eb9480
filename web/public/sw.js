// The service worker: it shows pushes, opens what they are about, and lets the installed app open without a connection.
//
// It keeps the shell alone, which is index.html and the files of a build, whose names carry a hash of their content.
// Pages come from the network whenever it answers. What the API says is never kept, and pages for customers are left
// to the browser: nobody who books has to carry the shell of those who work here.

/* The build writes here what belongs to it. That makes this file another one with each release, which is how browsers
   notice; in development there is nothing to keep. */
const BUILD = { version: '', files: [] }

const PREFIX = 'fade-shell-'
const CACHE = PREFIX + BUILD.version

/** What the shell needs besides the build's own files. */
const ALWAYS = [
  '/theme.js',
  '/favicon.svg',
  '/manifest.webmanifest',
  '/icons/icon-192.png',
  '/icons/badge-96.png',
]

/** Addresses that no page of the shell is behind. */
const NOT_OURS = /^\/(api|ws|sse|book|appointment|unsubscribe|readyz|healthz|metrics)(\/|$)/

self.addEventListener('install', (event) => {
  self.skipWaiting()
  if (BUILD.version) event.waitUntil(keepShell())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([forgetOldShells(), self.clients.claim()]))
})

/** Keeps the shell of this build. All of it or nothing: half a shell would be a page that never opens. */
async function keepShell() {
  const cache = await caches.open(CACHE)
  await cache.addAll(['/', ...ALWAYS].map((path) => new Request(path, { cache: 'reload' })))
  await Promise.all(
    BUILD.files.map(async (path) => {
      // The same name is the same content, whichever build it came with.
      const known = await caches.match(path)
      if (known) await cache.put(path, known)
      else await cache.add(path)
    }),
  )
}

/** One shell before this one stays: a page of it may be open, and asks for its files when it comes to need them. */
async function forgetOldShells() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)))
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (!BUILD.version || request.method !== 'GET' || url.origin !== self.location.origin) return
  if (NOT_OURS.test(url.pathname)) return
  if (url.pathname.startsWith('/assets/')) event.respondWith(keptFirst(request))
  else if (request.mode === 'navigate') event.respondWith(networkFirst(request, '/'))
  else if (ALWAYS.includes(url.pathname)) event.respondWith(networkFirst(request, url.pathname))
})

/** Files with a hash in their name never change. */
async function keptFirst(request) {
  return (await caches.match(request)) ?? fetch(request)
}

/** The network's answer, whatever it is; what was kept only where there is none. */
async function networkFirst(request, path) {
  try {
    return await fetch(request)
  } catch (failure) {
    const kept = (await (await caches.open(CACHE)).match(path)) ?? (await caches.match(path))
    if (kept) return kept
    throw failure
  }
}

self.addEventListener('push', (event) => {
  event.waitUntil(show(event.data))
})

/** Shows a push. Browsers want to see something for each, so one that cannot be read is shown as well. */
async function show(data) {
  let says = {}
  try {
    says = data?.json() ?? {}
  } catch {
    // Not ours; a push service has no way to write one that decrypts, so this is a version ahead of us.
  }
  await self.registration.showNotification(says.title || 'Fade', {
    body: says.body || 'There is something new.',
    // The same again takes the place of the first, without a second sound.
    tag: says.tag || says.id || 'fade',
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    timestamp: Date.parse(says.at) || Date.now(),
    data: { url: pathOf(says.url) },
  })
}

/** A path of this origin; the inbox for anything else. */
function pathOf(url) {
  try {
    const { origin, pathname, search, hash } = new URL(url, self.location.origin)
    if (url && origin === self.location.origin) return pathname + search + hash
  } catch {
    // Not an address.
  }
  return '/inbox'
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(pathOf(event.notification.data?.url)))
})

/** Brings an open tab to the front and to the page, or opens one. */
async function open(path) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const ours = windows.filter((client) => !NOT_OURS.test(new URL(client.url).pathname))
  const tab =
    ours.find((client) => client.focused) ??
    ours.find((client) => client.visibilityState === 'visible') ??
    ours[0]
  if (!tab) return self.clients.openWindow(path)
  try {
    await tab.focus()
  } catch {
    // The browser decides who comes to the front.
  }
  if (await asked(tab, { type: 'open', path })) return tab
  try {
    return await tab.navigate(path)
  } catch {
    return self.clients.openWindow(path) // a tab that this worker does not control
  }
}

/** Asks a tab to do something; false if it does not say in time that it did. */
function asked(tab, message) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => done(true)
    setTimeout(() => done(false), 1000)
    tab.postMessage(message, [port2])
  })
}

/* The push service gave another address, or wants another. Only a page knows who is signed in, so an open one tells the
   server at once, and otherwise the next that opens does. */
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(subscribeAgain(event))
})

async function subscribeAgain(event) {
  const options = event.oldSubscription?.options
  if (!event.newSubscription && options?.applicationServerKey) {
    await self.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: options.applicationServerKey,
    })
  }
  for (const tab of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) {
    tab.postMessage({ type: 'subscription' })
  }
}
