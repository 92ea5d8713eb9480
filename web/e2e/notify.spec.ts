import { createServer, type Server } from 'node:net'
import type { Browser, Page } from '@playwright/test'
import { barriers } from './barriers'
import { admin, expect, Fade, pressEscape, signIn, test } from './fade'

interface Entry {
  message: string
  acked_at: string | null
  seen_at: string | null
}

interface Delivery {
  id: string
  kind: string
  state: string
  address: string
  reason: string
}

/** A browser of its own, as on another device. */
async function device(browser: Browser, fade: Fade): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, fade)
  return page
}

/** Books as the public does, with an address. */
async function bookWithAddress(fade: Fade, subdomain: string, customer: string, email: string, hour = 10) {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
  const response = await fetch(`${fade.url}/api/reservations/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      subdomain,
      customer_name: customer,
      customer_email: email,
      start_time: `${day}T${hour}:00:00Z`,
      end_time: `${day}T${hour}:30:00Z`,
    }),
  })
  expect(response.status).toBe(201)
  return (await response.json()) as { id: string }
}

const newest = async (fade: Fade) => (await fade.api<Entry[]>('GET', '/api/notifications/'))[0]

test('an event arrives on two devices, is seen on one, and both know', async ({ fade, browser }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  await fade.api('POST', '/api/notifications/read_all/')
  await fade.api('POST', '/api/notifications/seen/', {})
  const desk = await device(browser, fade)
  const phone = await device(browser, fade)
  await fade.book('prishtina', 'Ana Petrović')
  for (const page of [desk, phone]) {
    await expect(page.getByTestId('notification-badge')).toHaveText('1')
    await expect(page).toHaveTitle(/^\(1\) /)
  }

  // It has arrived on open pages, which is all that anybody knows.
  await expect.poll(async () => (await newest(fade))?.acked_at).not.toBeNull()
  expect(await newest(fade)).toMatchObject({ seen_at: null })
  await expect
    .poll(async () => {
      const found = await fade.api<Delivery[]>('GET', '/api/deliveries/?kind=unseen')
      return found.filter((d) => d.address === admin.email)[0]
    })
    .toMatchObject({ state: 'canceled', reason: 'acked' })

  await desk.getByTestId('notification-bell').click()
  const seenHere = desk.getByTestId('notification-item').first()
  await expect(seenHere).toContainText('Ana Petrović')
  await expect(seenHere).toHaveAttribute('data-new', 'true')
  await expect.poll(async () => (await newest(fade))?.seen_at).not.toBeNull()
  // Looking is not reading.
  await expect(phone.getByTestId('notification-badge')).toHaveText('1')

  await phone.getByTestId('notification-bell').click()
  const seenThere = phone.getByTestId('notification-item').first()
  await expect(seenThere).toContainText('Ana Petrović')
  await expect(seenThere).toHaveAttribute('data-new', 'false')
  await pressEscape(phone.getByRole('dialog'))

  await seenHere.click()
  for (const page of [desk, phone]) {
    await expect(page.getByTestId('notification-badge')).toHaveCount(0)
    await expect(page).not.toHaveTitle(/^\(/)
  }

  await phone.goto(`${fade.url}/inbox?search=petrovi`)
  await expect(phone.getByTestId('inbox-item')).toHaveCount(1)
  await phone.getByRole('link', { name: 'What became of it' }).click()
  await expect(phone.getByTestId('read-by')).toContainText('Read by Arta Krasniqi.')
  await expect(phone.getByTestId('read-by')).toContainText('Not yet received by Luan Berisha.')
  await expect(
    phone
      .getByTestId('told')
      .filter({ hasText: admin.email })
      .getByText('It reached them on an open page first.'),
  ).toBeVisible()
  await desk.context().close()
  await phone.context().close()
})

/** A mail server that knows nobody until it is told otherwise. */
class Post {
  private readonly server: Server
  open = false
  mails: string[] = []

  private constructor(server: Server) {
    this.server = server
  }

  static async start(): Promise<Post> {
    const server = createServer()
    const post = new Post(server)
    server.on('connection', (socket) => {
      let text = ''
      let mail: string | undefined
      const say = (line: string) => socket.write(`${line}\r\n`)
      say('220 post.test ESMTP')
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        text += data.toString('utf8')
        for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
          const line = text.slice(0, end)
          text = text.slice(end + 2)
          if (mail !== undefined) {
            if (line === '.') {
              post.mails.push(mail)
              mail = undefined
              say('250 2.0.0 taken')
            } else mail += `${line}\n`
          } else if (/^EHLO/i.test(line)) say('250 post.test')
          else if (/^RCPT/i.test(line)) say(post.open ? '250 2.1.5 known' : '550 5.1.1 nobody of that name')
          else if (/^DATA/i.test(line)) {
            mail = ''
            say('354 go on')
          } else if (/^QUIT/i.test(line)) {
            say('221 2.0.0 bye')
            socket.end()
          } else say('250 2.0.0 fine')
        }
      })
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()))
    return post
  }

  get url(): string {
    const address = this.server.address()
    if (address === null || typeof address === 'string') throw new Error('it does not listen')
    return `smtp://127.0.0.1:${address.port}?starttls=off`
  }

  stop(): void {
    this.server.close()
  }
}

test('a mail that was refused for good is sent again when somebody asks for it', async ({ page }) => {
  const post = await Post.start()
  process.env.SMTP_URL = post.url
  const fade = await Fade.start()
  delete process.env.SMTP_URL
  try {
    await fade.createBusiness('Fade Prishtina', 'prishtina')
    await bookWithAddress(fade, 'prishtina', 'Ana Petrović', 'ana@example.com')
    await bookWithAddress(fade, 'prishtina', 'Blerim Gashi', 'blerim@example.com', 11)
    await signIn(page, fade)
    // There is no folder to look into: mails leave.
    await expect(page.getByRole('link', { name: 'Deliveries' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'Mail folder' })).toHaveCount(0)

    await page.goto(`${fade.url}/deliveries?state=failed`)
    const refused = page.getByTestId('delivery-row').filter({ hasText: 'ana@example.com' })
    await expect(refused).toContainText('Failed')
    await refused.click()
    const panel = page.getByRole('dialog', { name: /ana@example.com/ })
    await expect(panel.getByTestId('timeline-step').filter({ hasText: 'refused for good' })).toContainText(
      '550',
    )
    expect(await barriers(page)).toEqual([])

    post.open = true
    await panel.getByRole('button', { name: 'Send again' }).click()
    await expect(panel.getByTestId('timeline-step').last()).toContainText('Message-ID')
    expect(post.mails.join()).toContain('Message-ID:')
    await pressEscape(panel)

    // All that is left, after asking.
    await page.getByRole('button', { name: 'Send all failed again' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Send again' }).click()
    await expect(page.getByText('Nothing has failed')).toBeVisible()
    await expect(page.getByTestId('delivery-figures')).toContainText('Nothing to look after')
  } finally {
    await fade.stop()
    post.stop()
  }
})

test('preferences: told in words, saved, and never overwritten unseen', async ({ fade, page }) => {
  await signIn(page, fade)
  await page.getByRole('button', { name: 'Account and theme' }).click()
  await page.getByRole('menuitem', { name: 'Preferences' }).click()
  await expect(page).toHaveURL(/\/preferences$/)
  const words = page.getByTestId('preferences-in-words')
  await expect(words).toContainText('by email if you have not seen it within 15 minutes')

  await page.getByRole('button', { name: /Email: New reservation/ }).click()
  await page.getByRole('option', { name: 'In the digest' }).click()
  await page.getByText('Quiet hours: mails and pushes wait').click()
  await expect(words).toContainText('New reservation: in your inbox at once, by email in the digest')
  await expect(words).toContainText('From 22:00 to 07:00 the next morning')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.reload()
  await expect(words).toContainText('New reservation: in your inbox at once, by email in the digest')

  // Another device is faster.
  const now = await fade.api<{ version: number }>('GET', '/api/preferences/')
  await fade.api('PATCH', '/api/preferences/', {
    version: now.version,
    rules: { business_created: { email: { when: 'never' } } },
  })
  await page.getByRole('button', { name: /Email: New reservation/ }).click()
  await page.getByRole('option', { name: 'Never' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('changed on another device')
  await expect(words).toContainText('New reservation: in your inbox at once and by push')
  await page.getByRole('button', { name: 'Load them again' }).click()
  await expect(page.getByRole('button', { name: /Email: New business/ })).toContainText('Never')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
})

test('mails without a mail server are in the folder, with their attachment', async ({ fade, page }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { id } = await bookWithAddress(fade, 'prishtina', 'Ana Petrović', 'ana@example.com')
  const booked = await fade.api<{ status: string }>('GET', `/api/reservations/${id}/`)
  if (booked.status === 'pending') {
    await fade.api('PATCH', `/api/reservations/${id}/`, { status: 'confirmed' })
  }
  await signIn(page, fade)
  await page.getByRole('link', { name: 'Mail folder' }).click()
  const line = page
    .getByTestId('mail-line')
    .filter({ hasText: /confirmed/i })
    .filter({ hasText: 'ana@example.com' })
  await line.click()
  const mail = page.getByTestId('stored-mail')
  await expect(mail).toContainText('ana@example.com')
  await expect(mail.frameLocator('iframe').getByText('Fade Prishtina').first()).toBeVisible()
  expect(await mail.locator('iframe').getAttribute('sandbox')).not.toContain('allow-scripts')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    mail.getByRole('list', { name: 'Attachments' }).getByRole('button').click(),
  ])
  expect(download.suggestedFilename()).toMatch(/\.ics$/)
  await mail.getByRole('radio', { name: 'Headers' }).click()
  await expect(mail.getByText('Message-ID', { exact: false }).first()).toBeVisible()

  // And from the reservation itself.
  await page.goto(`${fade.url}/reservations?open=${id}`)
  await page.getByRole('link', { name: 'Mails about it' }).click()
  await expect(page.getByTestId('delivery-row').filter({ hasText: 'Confirmation' })).toContainText('Sent')
})

test('unsubscribing: says what ends, ends it, and leads back', async ({ fade, page, browser }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { version } = await fade.api<{ version: number }>('GET', '/api/preferences/')
  await fade.api('PATCH', '/api/preferences/', {
    version,
    rules: { reservation_created: { email: { when: 'always' } } },
  })
  await fade.book('prishtina', 'Ana Petrović')
  await signIn(page, fade)
  await page.goto(`${fade.url}/dev/mail?view=text`)
  await page.getByTestId('mail-line').filter({ hasText: admin.email }).first().click()
  const link = page.getByTestId('stored-mail').getByRole('link', { name: /\/unsubscribe\// })
  const token = (await link.getAttribute('href'))?.split('/unsubscribe/')[1]

  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(`${fade.url}/unsubscribe/${token}`)
  await expect(stranger.getByText('a…@example.com')).toBeVisible()
  await expect(stranger.getByText('a mail for each event at once')).toBeVisible()
  expect(await barriers(stranger)).toEqual([])
  await stranger.getByRole('button', { name: 'Unsubscribe' }).click()
  await expect(stranger.getByRole('heading', { name: 'Unsubscribed' })).toBeVisible()
  await stranger.reload()
  await expect(stranger.getByRole('heading', { name: 'Unsubscribed' })).toBeVisible()
  await stranger.getByRole('link', { name: 'Change your mind in the preferences' }).click()
  await expect(stranger).toHaveURL(/\/sign-in\?redirect=%2Fpreferences/)
  await stranger.goto(`${fade.url}/unsubscribe/nonsense`)
  await expect(stranger.getByText('This link is not valid')).toBeVisible()
  await stranger.context().close()

  await page.goto(`${fade.url}/preferences`)
  await expect(page.getByRole('button', { name: /Email: New reservation/ })).toContainText('Never')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`no page of deliveries has a barrier, ${scheme}`, async ({ fade, browser }) => {
    const context = await browser.newContext({ colorScheme: scheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await fade.createBusiness('Fade Prishtina', 'prishtina')
    await bookWithAddress(fade, 'prishtina', 'Ana Petrović', 'ana@example.com')
    await signIn(page, fade)
    const [delivery] = await fade.api<(Delivery & { event_id: string })[]>('GET', '/api/deliveries/')
    for (const path of [
      '/deliveries',
      `/deliveries?open=${delivery?.id}`,
      `/deliveries?event=${delivery?.event_id}`,
      '/preferences',
      '/mail',
      '/dev/mail',
      '/dev/mail?view=headers',
      '/inbox?search=nothing',
    ]) {
      await page.goto(`${fade.url}${path}`)
      await expect(page.getByRole('heading').first()).toBeVisible()
      await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
      await page.waitForTimeout(700)
      expect(await barriers(page), path).toEqual([])
    }
    await context.close()
  })
}
