import type { Page, Worker } from '@playwright/test'
import { admin, consoleOf, expect, signIn, test } from './fade'

/** What these tests use of a service worker's global scope. */
interface Scope extends EventTarget {
  registration: ServiceWorkerRegistration
  NotificationEvent: new (type: string, init: { notification: Notification }) => Event
}

/** Waits until the worker has the page and has kept the shell. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    if (active?.state !== 'activated') {
      await new Promise((done) =>
        active?.addEventListener('statechange', () => active.state === 'activated' && done(0)),
      )
    }
  })
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
}

const workerOf = (page: Page): Worker => {
  const worker = page.context().serviceWorkers()[0]
  if (!worker) throw new Error('there is no service worker')
  return worker
}

/** Everything that this browser keeps of the origin, by path. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const paths: string[] = []
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname)
    }
    return paths.sort()
  })

test('Shell: the app opens without a connection, says so, and comes back by itself', async ({
  fade,
  page,
  context,
}) => {
  await signIn(page, fade)
  await installed(page)
  await page.goto(`${fade.url}/businesses`)
  await expect(page.getByRole('heading', { name: 'Businesses' })).toBeVisible()

  const paths = await kept(page)
  expect(paths).toContain('/')
  expect(paths.filter((path) => path.startsWith('/assets/')).length).toBeGreaterThan(5)
  expect(paths.filter((path) => /^\/(api|ws|sse|book)/.test(path))).toEqual([])

  const { errors } = consoleOf(page)
  await context.setOffline(true)
  await page.reload()
  await expect(page.getByText('No connection')).toBeVisible()
  await expect(page.getByText('The server cannot be reached.')).toBeVisible()
  expect(
    errors.filter(
      (text) => !/Failed to load resource|ERR_INTERNET_DISCONNECTED|The server cannot be reached/.test(text),
    ),
  ).toEqual([])

  await context.setOffline(false)
  await expect(page.getByRole('heading', { name: 'Businesses' })).toBeVisible()
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
})

test('Shell: a server that was away is found again without a press', async ({ fade, page }) => {
  await signIn(page, fade)
  await installed(page)
  await fade.kill()
  await page.reload()
  await expect(page.getByText('No connection')).toBeVisible()
  await fade.run()
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
})

test('Shell: what the server says counts while it says something', async ({ fade, page, context }) => {
  await signIn(page, fade)
  await installed(page)
  const answer = await page.goto(`${fade.url}/inbox`)
  expect(answer?.fromServiceWorker()).toBe(true)
  expect(answer?.headers()['cache-control']).toBe('no-cache')
  // What another release has left in the cache is shown where nothing else is, and only there.
  await page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const old = new Response('<h1>Another release</h1>', { headers: { 'Content-Type': 'text/html' } })
      await (await caches.open(name)).put('/', old)
    }
  })
  await page.reload()
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
  await expect(page.getByRole('heading', { name: 'Another release' })).toHaveCount(0)
  await fade.kill()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Another release' })).toBeVisible()
  await context.close()
})

test('Customers: a booking page installs nothing', async ({ fade, page }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  await page.goto(`${fade.url}/book/prishtina`)
  await expect(page.getByText('Fade Prishtina').first()).toBeVisible()
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  expect(await kept(page)).toEqual([])
})

test('Installable: the manifest and its icons are what browsers ask for', async ({ fade, page }) => {
  await page.goto(`${fade.url}/sign-in`)
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')
    return (await fetch(link?.href ?? '')).json()
  })
  expect(manifest).toMatchObject({ name: 'Fade', start_url: '/', scope: '/', display: 'standalone' })
  for (const icon of manifest.icons as { src: string; sizes: string }[]) {
    const size = await page.evaluate(async (src) => {
      const { width, height } = await createImageBitmap(await (await fetch(src)).blob())
      return `${width}x${height}`
    }, icon.src)
    expect(size, icon.src).toBe(icon.sizes)
  }
  const session = await page.context().newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // Playwright's contexts are private ones, where nothing is installed.
  expect(installabilityErrors.map((e) => e.errorId).filter((id) => id !== 'in-incognito')).toEqual([])
})

test('Push: it is shown, and a click brings the open tab to its page', async ({ fade, page, context }) => {
  await context.grantPermissions(['notifications'], { origin: fade.url })
  await signIn(page, fade)
  await installed(page)
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))

  const session = await context.newCDPSession(page)
  const registrationId = await new Promise<string>((found) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${fade.url}/`)
      if (ours) found(ours.registrationId)
    })
    void session.send('ServiceWorker.enable')
  })
  const data = JSON.stringify({
    id: 'd1',
    title: 'Fade Prishtina',
    body: 'Arben booked a cut.',
    tag: 'n1',
    url: '/businesses',
    at: '2026-11-23T09:00:00Z',
  })
  for (let times = 0; times < 2; times++) {
    await session.send('ServiceWorker.deliverPushMessage', { origin: fade.url, registrationId, data })
  }
  const worker = workerOf(page)
  const shown = () =>
    worker.evaluate(async () => {
      const { registration } = self as unknown as Scope
      return (await registration.getNotifications()).map(({ title, body, tag, icon, data }) => ({
        title,
        body,
        tag,
        icon,
        data,
      }))
    })
  // The same twice is one.
  await expect.poll(shown).toEqual([
    {
      title: 'Fade Prishtina',
      body: 'Arben booked a cut.',
      tag: 'n1',
      icon: `${fade.url}/icons/icon-192.png`,
      data: { url: '/businesses' },
    },
  ])

  await worker.evaluate(async () => {
    const scope = self as unknown as Scope
    const [notification] = await scope.registration.getNotifications()
    if (notification) scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
  })
  await expect(page).toHaveURL(`${fade.url}/businesses`)
  await expect(page.getByRole('heading', { name: 'Businesses' })).toBeVisible()
  // The router went there: what else was on the page is still there.
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  await expect.poll(shown).toEqual([])
})

test('Preferences: the device says how it stands', async ({ fade, page, context }) => {
  await signIn(page, fade)
  await page.goto(`${fade.url}/preferences`)
  await expect(page.getByRole('heading', { name: 'Notifications on this device' })).toBeVisible()
  await expect(page.getByTestId('this-device')).toHaveAttribute('data-state', /off|denied|unavailable/)
  await expect(page.getByText('No device yet')).toBeVisible()
  const me = await fade.api<{ email: string }>('GET', '/api/auth/me/')
  expect(me.email).toBe(admin.email)
  await fade.api('POST', '/api/push/subscriptions/', {
    endpoint: 'https://fcm.googleapis.com/fcm/send/abc',
    keys: {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
    label: 'Chrome on Android',
  })
  await page.reload()
  const row = page.getByTestId('push-device')
  await expect(row).toContainText('Chrome on Android')
  await row.getByRole('button', { name: 'Remove Chrome on Android' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('No device yet')).toBeVisible()
  expect(await fade.api('GET', '/api/push/subscriptions/')).toEqual([])
  await context.close()
})
