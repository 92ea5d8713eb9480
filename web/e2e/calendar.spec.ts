import type { Browser, Page } from '@playwright/test'
import { barriers } from './barriers'
import { expect, type Fade, pressEscape, signIn, test } from './fade'

const owner = { email: 'owner@kings.example', password: 'owner-password' }

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)

interface Shop {
  service: string
  arben: string
  ilir: string
}

/** A business with a service of half an hour and two members of staff. */
async function shop(fade: Fade): Promise<Shop> {
  const { id: business } = await fade.createBusiness('Kings', 'kings')
  const made = (path: string, body: object) => fade.api<{ id: string }>('POST', path, { business, ...body })
  const service = await made('/api/services/', { name: 'Haircut', duration_minutes: 30, price: 18 })
  const arben = await made('/api/staff/', { name: 'Arben' })
  const ilir = await made('/api/staff/', { name: 'Ilir' })
  return { service: service.id, arben: arben.id, ilir: ilir.id }
}

/** Books a haircut as the public does, for tomorrow. */
async function book(fade: Fade, { service, arben }: Shop, name: string, clock: string): Promise<string> {
  const response = await fetch(`${fade.url}/api/reservations/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      subdomain: 'kings',
      service,
      staff: arben,
      customer_name: name,
      customer_phone: '+383 44 123 456',
      start_time: `${tomorrow()}T${clock}:00Z`,
    }),
  })
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

/** The owner's calendar of tomorrow on another device. */
async function device(browser: Browser, fade: Fade): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage()
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/calendar?date=${tomorrow()}`)
  await expect(page.getByTestId('column').first()).toBeVisible()
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
  return page
}

const event = (page: Page, name: string) => page.getByTestId('event').filter({ hasText: name })

test('what one device confirms, moves and cancels, the other shows', async ({ fade, browser }) => {
  const at = await shop(fade)
  const one = await device(browser, fade)
  const two = await device(browser, fade)
  await book(fade, at, 'Cleo', '10:00')
  for (const page of [one, two]) await expect(event(page, 'Cleo')).toHaveAccessibleName(/Haircut.*pending/s)

  await one.getByRole('button', { name: 'Confirm Cleo' }).click()
  for (const page of [one, two]) {
    await expect(event(page, 'Cleo')).toHaveAccessibleName(/confirmed/)
    await expect(page.getByText('Nobody waits for an answer.')).toBeVisible()
  }

  // Dragged an hour down, and to the other chair.
  const from = await event(one, 'Cleo').boundingBox()
  const column = await one.locator('[data-testid="column"][data-title="Ilir"]').boundingBox()
  if (!from || !column) throw new Error('the grid is not there')
  await one.mouse.move(from.x + 20, from.y + 8)
  await one.mouse.down()
  await one.mouse.move(column.x + 30, from.y + 40, { steps: 5 })
  await one.mouse.move(column.x + 30, from.y + 8 + 72, { steps: 5 })
  await one.mouse.up()
  for (const page of [one, two]) {
    await expect(page.locator('[data-title="Ilir"]').getByTestId('event')).toHaveAccessibleName(/ 11:00/)
  }
  await one.getByRole('button', { name: 'Undo' }).click()
  await expect(two.locator('[data-title="Arben"]').getByTestId('event')).toHaveAccessibleName(/ 10:00/)

  await event(one, 'Cleo').click()
  const dialog = one.getByRole('dialog', { name: 'Cleo' })
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
  await one.getByRole('alertdialog').getByLabel('Reason').fill('We are closed')
  await one.getByRole('alertdialog').getByRole('button', { name: 'Cancel it' }).click()
  for (const page of [one, two]) await expect(event(page, 'Cleo')).toHaveCount(0)
})

/** Lets a test keep a page from hearing what its socket says. */
const muffle = (page: Page) =>
  page.addInitScript(() => {
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('message', (event) => {
          if (document.documentElement.dataset.deaf) event.stopImmediatePropagation()
        })
      }
    }
  })
const deafen = (page: Page) =>
  page.evaluate(() => {
    document.documentElement.dataset.deaf = 'yes'
  })

test('a conflict says whose change won, and a taken time what is free instead', async ({ fade, page }) => {
  await muffle(page)
  const at = await shop(fade)
  const id = await book(fade, at, 'Cleo', '10:00')
  await book(fade, at, 'Dardan', '10:30')
  await page.setViewportSize({ width: 1440, height: 1000 })
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/calendar?date=${tomorrow()}`)
  await event(page, 'Cleo').click()
  const dialog = page.getByRole('dialog', { name: 'Cleo' })

  await dialog.getByLabel('Time').fill('10:15')
  await dialog.getByRole('button', { name: 'Move' }).click()
  const refused = page.getByRole('dialog', { name: 'Move Cleo' })
  await expect(refused.getByText('Somebody else has this time.')).toBeVisible()
  await refused.getByRole('button', { name: /11:00/ }).click()
  await expect(event(page, 'Cleo')).toHaveAccessibleName(/ 11:00/)

  // Somebody else is faster, and this page does not hear of it in time.
  await deafen(page)
  await fade.api('PATCH', `/api/reservations/${id}/`, { status: 'confirmed' })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText(/^Arta Krasniqi changed this a moment ago/)).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Complete' })).toBeVisible()
  await pressEscape(dialog)
  await expect(event(page, 'Cleo')).toHaveAccessibleName(/confirmed/)
})

test("a super admin sees a business's calendar move", async ({ fade, page }) => {
  const at = await shop(fade)
  await page.setViewportSize({ width: 1440, height: 1000 })
  await signIn(page, fade)
  const [business] = await fade.api<{ id: string }[]>('GET', '/api/businesses/')
  await page.goto(`${fade.url}/businesses/${business?.id}/calendar?view=week&date=${tomorrow()}`)
  await expect(page.getByTestId('column')).toHaveCount(7)
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
  const id = await book(fade, at, 'Cleo', '10:00')
  await expect(event(page, 'Cleo')).toHaveAccessibleName(/with Arben, pending/)
  await fade.api('PATCH', `/api/reservations/${id}/`, { status: 'confirmed' })
  await expect(event(page, 'Cleo')).toHaveAccessibleName(/confirmed/)
})

/** A zone in which it is about noon, so that there is a rest of the day whenever the test runs. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours()
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

test('a walk-in takes two clicks, and the keyboard does what the mouse does', async ({ fade, browser }) => {
  await shop(fade)
  const [business] = await fade.api<{ id: string }[]>('GET', '/api/businesses/')
  await fade.api('PATCH', `/api/businesses/${business?.id}/`, { timezone: noonZone() })
  const page = await device(browser, fade)
  await page.getByRole('button', { name: 'Today' }).click()
  await page.getByRole('button', { name: 'Walk-in' }).click()
  await page.getByRole('dialog', { name: 'Walk-in' }).getByRole('button', { name: 'Book' }).click()
  await expect(page.getByText(/^Booked for/)).toBeVisible()
  await expect(page.getByRole('list', { name: 'Today' }).getByText('Walk-in')).toBeVisible()

  await event(page, 'Walk-in').focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Walk-in' })
  await dialog.getByRole('button', { name: 'Complete' }).focus()
  await page.keyboard.press('Enter')
  await expect(event(page, 'Walk-in')).toHaveAccessibleName(/completed/)
})

for (const [colorScheme, width] of [
  ['light', 1440],
  ['dark', 1440],
  ['light', 375],
] as const) {
  test(`nothing keeps somebody out, ${colorScheme}, ${width} pixels wide`, async ({ fade, browser }) => {
    const at = await shop(fade)
    await book(fade, at, 'Cleo', '10:00')
    const page = await (await browser.newContext({ colorScheme, viewport: { width, height: 900 } })).newPage()
    await signIn(page, fade, owner)
    await page.goto(`${fade.url}/my/calendar?date=${tomorrow()}`)
    await expect(event(page, 'Cleo')).toBeVisible()
    expect(await barriers(page)).toEqual([])
    await event(page, 'Cleo').click()
    await expect(page.getByRole('dialog', { name: 'Cleo' }).getByText('The first booking')).toBeVisible()
    expect(await barriers(page)).toEqual([])
    await page.goto(`${fade.url}/my`)
    await expect(page.getByRole('heading', { name: 'The last 30 days' })).toBeVisible()
    expect(await barriers(page)).toEqual([])
  })
}
