import type { Browser, BrowserContext, Page } from '@playwright/test'
import { barriers } from './barriers'
import { admin, expect, type Fade, signIn, test } from './fade'

const owner = { email: 'owner@prishtina.example', password: 'owner-password' }

/** Another device of somebody: a browser that shares nothing with the first. */
async function device(
  browser: Browser,
  fade: Fade,
  who: typeof admin,
  path: string,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, fade, who)
  await page.goto(`${fade.url}${path}`)
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
  return { page, context }
}

const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

test('two people talk: messages, typing, receipts, and counts on every device', async ({ fade, browser }) => {
  const { id: business } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const owners = await device(browser, fade, owner, '/my/messages')
  await expect(owners.page.getByText('No messages yet')).toBeVisible()
  await owners.page.getByRole('button', { name: 'Message the platform' }).last().click()
  await expect(owners.page.getByText('Nobody has written yet')).toBeVisible()

  const platform = await device(browser, fade, admin, '/messages')
  await write(owners.page, 'When do we get paid?\nBest, Arta')
  const row = platform.page.getByTestId('conversation-row')
  await expect(row).toContainText('Fade Prishtina')
  await expect(row).toContainText('When do we get paid?')
  await expect(row.getByTestId('unread-messages')).toContainText('1')
  await expect(platform.page.getByTestId('nav-count').first()).toContainText('1')
  await expect(owners.page.getByTestId('receipt')).toHaveText('Sent')

  await row.click()
  await expect(platform.page.getByTestId('message')).toContainText('When do we get paid?')
  await expect(platform.page.getByTestId('unread-messages')).toBeHidden()
  await expect(platform.page.getByTestId('nav-count')).toBeHidden()
  await expect(owners.page.getByTestId('receipt')).toContainText('Read by')
  await expect(owners.page.getByTestId('presence-dot')).toHaveAttribute('data-online', 'true')

  // Typing shows at the other side, and vanishes when nothing more is typed.
  await platform.page.getByRole('textbox', { name: 'Message' }).pressSequentially('On')
  await expect(owners.page.getByTestId('typing')).toContainText('is writing…')
  await expect(owners.page.getByTestId('typing')).toBeEmpty()
  await platform.page.keyboard.type(' Friday.')
  await expect(owners.page.getByTestId('typing')).toContainText('is writing…')
  await platform.page.keyboard.press('Enter')
  await expect(owners.page.getByTestId('message').last()).toContainText('On Friday.')
  await expect(owners.page.getByTestId('typing')).toBeEmpty()

  // A device that was away agrees with the others as soon as it is back.
  const second = await device(browser, fade, owner, '/my/messages')
  await expect(second.page.getByTestId('conversation-row')).toContainText('On Friday.')
  await second.context.setOffline(true)
  await write(platform.page, 'Or Monday.')
  await expect(owners.page.getByTestId('message').last()).toContainText('Or Monday.')
  await expect(platform.page.getByTestId('receipt')).toContainText('Read by')
  await second.context.setOffline(false)
  await expect(second.page.getByTestId('conversation-row')).toContainText('Or Monday.')
  await expect(second.page.getByTestId('unread-messages')).toBeHidden()
  await expect(second.page.getByTestId('nav-count')).toBeHidden()

  // Whoever goes is seen to go.
  await platform.context.close()
  await expect(owners.page.getByTestId('presence-dot')).toHaveAttribute('data-online', 'false')
  const conversations = await fade.api<{ business: string; last_number: number }[]>(
    'GET',
    '/api/conversations/',
  )
  expect(conversations.map((c) => [c.business, c.last_number])).toEqual([[business, 3]])
  await owners.context.close()
  await second.context.close()
})

test('a message that does not get through is kept, and arrives once', async ({ fade, browser }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { page, context } = await device(browser, fade, owner, '/my/messages')
  await page.getByRole('button', { name: 'Message the platform' }).last().click()
  await expect(page.getByText('Nobody has written yet')).toBeVisible()
  // The first try reaches the server, its answer does not come back.
  await page.route('**/messages/', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await write(page, 'Once')
  await expect(page.getByTestId('message')).toHaveCount(1)
  await context.setOffline(true)
  await page.unroute('**/messages/')
  await write(page, 'Later')
  await expect(page.getByText('Not sent.')).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).last().click()
  await expect(page.getByTestId('message')).toHaveCount(2)
  await expect(page.getByTestId('outgoing')).toHaveCount(0)
  await page.reload()
  await expect(page.getByTestId('message')).toHaveCount(2)
  await context.close()
})

test('from a business and from a reservation one gets to the conversation about it', async ({
  fade,
  page,
}) => {
  const { id: business } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const reservation = await fade.api<{ id: string }>('POST', '/api/reservations/', {
    business,
    customer_name: 'Dren Gashi',
    customer_phone: '044',
    start_time: new Date(Date.now() + 48 * 3600_000).toISOString(),
  })
  await signIn(page, fade, admin)
  await page.goto(`${fade.url}/businesses?open=${business}`)
  await page.getByRole('button', { name: 'Message this business' }).click()
  await expect(page.getByRole('heading', { name: 'Fade Prishtina' })).toBeVisible()
  await write(page, 'Welcome.')
  await expect(page.getByTestId('message')).toContainText('Welcome.')
  await page.goto(`${fade.url}/reservations?open=${reservation.id}`)
  expect(await barriers(page), 'the panel of a reservation').toEqual([])
  await page.getByRole('button', { name: 'Discuss this reservation' }).click()
  await expect(page.getByText('Nobody has written yet')).toBeVisible()
  await expect(page.getByText('Reservation of Dren Gashi').first()).toBeVisible()
  await expect(page.getByTestId('conversation-row')).toHaveCount(2)
})

test('what somebody reads above stays where it is when a message arrives', async ({ fade, page }) => {
  const { id: business } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { id } = await fade.api<{ id: string }>('POST', '/api/conversations/', { business })
  for (let n = 1; n <= 60; n++)
    await fade.api('POST', `/api/conversations/${id}/messages/`, { body: `Message ${n}.` })
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/messages/${id}`)
  await expect(page.getByText('Message 60.').last()).toBeInViewport()
  const log = page.getByRole('log')
  await log.evaluate((el) => el.scrollTo(0, 0))
  await expect(page.getByTestId('message')).toHaveCount(60) // the older ones have come in above
  await log.evaluate((el) => el.scrollTo(0, el.scrollHeight / 2))
  const before = await log.evaluate((el) => el.scrollTop)
  await fade.api('POST', `/api/conversations/${id}/messages/`, { body: 'Message 61.' })
  await expect(page.getByTestId('message')).toHaveCount(61)
  expect(await log.evaluate((el) => el.scrollTop)).toBe(before)
  await write(page, 'I see.')
  await expect(page.getByTestId('message').last()).toContainText('I see.')
  await expect(page.getByTestId('message').last()).toBeInViewport()
})

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

test('no conversation has a barrier', async ({ fade, browser }) => {
  const { id: business } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { id } = await fade.api<{ id: string }>('POST', '/api/conversations/', {
    business,
    body: `Welcome. ${'A message that is longer than any line has room for, with averyveryverylongwordwithoutaspacethatmustbreaksomewhere. '.repeat(3)}`,
  })
  for (const { name, ...look } of looks) {
    const context = await browser.newContext({ ...look, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await signIn(page, fade, owner)
    for (const path of ['/my/messages', `/my/messages/${id}`]) {
      await page.goto(`${fade.url}${path}`)
      await expect(page.getByText('Welcome.').last()).toBeVisible()
      expect(await barriers(page), `${name} ${path}`).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      expect(wide, `${name} ${path} is wider than the window`).toBe(false)
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/talk-${name}-${path.length}.png` })
    }
    await context.close()
  }
})
