import { readFileSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { barriers } from './barriers'
import { consoleOf, expect, type Fade, test } from './fade'

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
const at = (time: string) => `${tomorrow}T${time}:00Z`
const slot = (page: Page, time: string) => page.locator(`[data-start="${at(time)}"]`)

const everyDay = (...spans: { start: string; end: string }[]) =>
  Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, spans]),
  )

/** A barber with two services and, if need be, people. */
async function barber(fade: Fade, ...people: string[]) {
  const { id } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  await fade.api('PATCH', `/api/booking_settings/?business=${id}`, { needs_confirmation: false })
  const service = (fields: object) =>
    fade.api<{ id: string }>('POST', '/api/services/', { business: id, currency: 'EUR', ...fields })
  const cut = await service({ name: 'Haircut', description: 'With a wash.', price: 18, duration_minutes: 30 })
  await service({ name: 'Beard trim', price: 12, duration_minutes: 20 })
  const staff: string[] = []
  for (const name of people) {
    staff.push((await fade.api<{ id: string }>('POST', '/api/staff/', { business: id, name })).id)
  }
  return { id, cut: cut.id, staff }
}

/** Somebody with a browser of their own. */
async function customer(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  return (await browser.newContext({ timezoneId: 'UTC', acceptDownloads: true, ...options })).newPage()
}

async function openDay(page: Page, fade: Fade, service: string, date = tomorrow): Promise<void> {
  await page.goto(`${fade.url}/book/prishtina?service=${service}&date=${date}`)
  await expect(page.locator('[data-start]').first()).toBeVisible()
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Cleo Jashari')
  await page.getByLabel('Phone').fill('+383 44 123 456')
}

/** Books a time as another customer does, beside the browsers. */
async function bookAt(fade: Fade, service: string, time: string): Promise<Response> {
  const response = await fetch(`${fade.url}/api/reservations/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      subdomain: 'prishtina',
      service,
      start_time: at(time),
      customer_name: 'Somebody else',
      customer_phone: '+383 44 999 999',
    }),
  })
  expect(response.status).toBe(201)
  return response
}

/** Runs the program again, so that it holds a time for so long. */
async function holdFor(fade: Fade, duration: string): Promise<void> {
  await fade.kill()
  process.env.FADE_HOLD = duration
  await fade.run()
  delete process.env.FADE_HOLD
}

test('a time that somebody takes greys out on the other page, and comes back', async ({ fade, browser }) => {
  const { cut } = await barber(fade)
  const [one, two] = [await customer(browser), await customer(browser)]
  const [reads, streams] = [[] as string[], [] as string[]]
  two.on('request', (request) => {
    if (request.url().includes('/slots/')) reads.push(request.url())
    if (request.url().includes('/sse/')) streams.push(request.url())
  })
  await openDay(one, fade, cut)
  await openDay(two, fade, cut)
  await expect(slot(two, '10:00')).not.toHaveAttribute('data-taken')

  await test.step('held', async () => {
    await slot(two, '10:00').focus()
    await slot(one, '10:00').click()
    await expect(slot(two, '10:00')).toHaveAttribute('data-taken', 'true')
    await expect(slot(two, '10:00')).toHaveAccessibleName('10:00 AM taken')
    await expect(slot(two, '10:00')).toBeFocused()
    await expect(two.getByTestId('just-taken')).toHaveText(/^10:00 AM has just been taken/)
    await expect(one.getByTestId('countdown')).toContainText('kept for you')
  })

  await test.step('given back, by going back', async () => {
    await one.goBack()
    await expect(slot(two, '10:00')).not.toHaveAttribute('data-taken')
    await expect(slot(one, '10:00')).not.toHaveAttribute('data-taken')
  })

  await test.step('given back, by choosing another', async () => {
    await slot(one, '10:00').click()
    await expect(slot(two, '10:00')).toHaveAttribute('data-taken')
    await one.getByRole('button', { name: 'Choose another time' }).click()
    await slot(one, '11:00').click()
    await expect(slot(two, '10:00')).not.toHaveAttribute('data-taken')
    await expect(slot(two, '11:00')).toHaveAttribute('data-taken')
    // The other page may know of the hold before the page that asked for it does.
    await expect(one.getByTestId('countdown')).toContainText('kept for you')
  })

  await test.step('given back, by closing the page', async () => {
    await one.close()
    await expect(slot(two, '11:00')).not.toHaveAttribute('data-taken')
  })

  await test.step('booked, and canceled', async () => {
    const { token } = (await (await bookAt(fade, cut, '12:00')).json()) as { token: string }
    await expect(slot(two, '12:00')).toHaveAttribute('data-taken', 'true')
    const canceled = await fetch(`${fade.url}/api/appointments/${token}/cancel/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect(canceled.status).toBe(200)
    await expect(slot(two, '12:00')).not.toHaveAttribute('data-taken')
  })
  expect(reads).toHaveLength(1)
  expect(streams).toHaveLength(1)
})

test('a page goes on where it was when the server comes back', async ({ fade, browser }) => {
  const { cut } = await barber(fade)
  const page = await customer(browser)
  await openDay(page, fade, cut)
  await bookAt(fade, cut, '10:00')
  await expect(slot(page, '10:00')).toHaveAttribute('data-taken', 'true')
  const reads: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/slots/')) reads.push(request.url())
  })
  await fade.kill()
  await fade.run()
  await bookAt(fade, cut, '11:00')
  await expect(slot(page, '11:00')).toHaveAttribute('data-taken', 'true', { timeout: 15_000 })
  await expect(slot(page, '10:00')).toHaveAttribute('data-taken', 'true')
  expect(reads).toEqual([])
})

test('a booking from the first choice to the link that moves and cancels it', async ({ fade, browser }) => {
  await barber(fade, 'Arta', 'Besnik')
  const page = await customer(browser)
  const seen = consoleOf(page)
  await page.goto(`${fade.url}/book/prishtina`)
  await expect(page).toHaveTitle('Book at Fade Prishtina · Fade')
  await page.getByRole('radio', { name: /^Haircut/ }).check({ force: true })
  await page.getByRole('radio', { name: 'Besnik' }).check({ force: true })
  await page.locator(`[data-date="${tomorrow}"]`).click()
  await expect(page).toHaveURL(new RegExp(`service=.*staff=.*date=${tomorrow}`))

  await page.reload()
  await expect(page.getByRole('radio', { name: 'Besnik' })).toBeChecked()
  await slot(page, '09:30').click()
  await expect(page.getByText('With Besnik')).toBeVisible()

  await page.getByRole('button', { name: 'Book this time' }).click()
  await expect(page.getByText('Enter your name.')).toBeVisible()
  await fillIn(page)
  await page.getByRole('button', { name: 'Choose another time' }).click()
  await slot(page, '10:00').click()
  await expect(page.getByLabel('Name')).toHaveValue('Cleo Jashari')
  await page.getByRole('button', { name: 'Book this time' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cleo Jashari, you are booked')
  await expect(page.getByText('10:00 AM – 10:30 AM')).toBeVisible()
  await expect(page.getByText('Haircut, 30 min · €18.00')).toBeVisible()
  const first = page.url()

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Add to calendar' }).click()
  const calendar = readFileSync(await (await download).path(), 'utf8')
  expect(calendar).toContain('BEGIN:VEVENT')
  expect(calendar).toContain(`DTSTART:${tomorrow.replaceAll('-', '')}T100000Z`)

  await test.step('moved', async () => {
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator(`[data-date="${tomorrow}"]`).click()
    await expect(slot(page, '10:00')).toHaveAccessibleName('10:00 AM your appointment now')
    await slot(page, '10:15').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Move it' }).click()
    await expect(page.getByText('10:15 AM – 10:45 AM')).toBeVisible()
    expect(page.url()).not.toBe(first)
  })

  await test.step('the old link says so', async () => {
    const other = await customer(browser)
    await other.goto(first)
    await expect(other.getByText('This link is out of date')).toBeVisible()
    await other.goto(`${first.slice(0, -3)}AAA`)
    await expect(other.getByText('This link is not valid')).toBeVisible()
    await other.close()
  })

  await test.step('canceled', async () => {
    const second = page.url()
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await page.getByLabel('Why?').fill('I am ill')
    await page.getByRole('button', { name: 'Cancel appointment' }).click()
    await expect(page.getByTestId('appointment-state')).toHaveText('Canceled')
    await expect(page.getByText('Reason: I am ill')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Add to calendar' })).toHaveCount(0)
    expect(page.url()).not.toBe(second)
    await page.goto(second)
    await expect(page.getByText('This link is out of date')).toBeVisible()
  })
  // What the browser itself writes of the answers that are no 200.
  expect(seen.errors.filter((line) => !line.includes('the server responded with a status of'))).toEqual([])
})

test('a booking with the keyboard alone', async ({ fade, browser }) => {
  await barber(fade, 'Arta', 'Besnik')
  const page = await customer(browser)
  await page.goto(`${fade.url}/book/prishtina`)
  await expect(page.getByRole('radio').first()).toBeVisible()
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const tabTo = async (what: ReturnType<Page['locator']>) => {
    for (let i = 0; i < 12; i++) {
      await press('Tab')
      if (await what.evaluate((element) => element.contains(document.activeElement)).catch(() => false)) {
        return
      }
    }
    throw new Error('The Tab key does not lead there.')
  }
  await tabTo(page.getByRole('radiogroup').first())
  await press('Space', 'ArrowDown')
  await expect(page.getByRole('radio', { name: /^Haircut/ })).toBeChecked()
  await tabTo(page.getByRole('radiogroup').nth(1))
  await press('ArrowRight', 'ArrowRight')
  await expect(page.getByRole('radio', { name: 'Besnik' })).toBeChecked()
  await tabTo(page.getByRole('grid'))
  await press('ArrowRight', 'Enter')
  await expect(page).toHaveURL(new RegExp(`date=${tomorrow}`))
  await expect(page.locator('[data-start]').first()).toBeVisible()
  await tabTo(page.getByRole('list', { name: /./ }).filter({ has: page.locator('[data-start]') }))
  await press('End', 'Home', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'Enter')
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Cleo')
  await press('Tab')
  await page.keyboard.type('+383 44 123 456')
  await press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cleo, you are booked')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await expect(page.getByText('12:15 AM – 12:45 AM')).toBeVisible()
})

test('a hold that ends says so, and can be taken again', async ({ fade, browser }) => {
  const { cut } = await barber(fade)
  await holdFor(fade, '2s')
  const page = await customer(browser)
  await openDay(page, fade, cut)
  await slot(page, '10:00').click()
  await fillIn(page)
  await expect(page.getByTestId('hold-over')).toContainText('nobody has taken it yet')
  await page.getByRole('button', { name: 'Keep it again' }).click()
  await expect(page.getByTestId('countdown')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue('Cleo Jashari')
  await page.getByRole('button', { name: 'Book this time' }).click()
  await expect(page.getByTestId('appointment-state')).toHaveText('Confirmed')
})

test('who was too slow is shown the nearest times, and what was typed is kept', async ({ fade, browser }) => {
  const { cut } = await barber(fade)
  await holdFor(fade, '1s')
  const page = await customer(browser)
  await openDay(page, fade, cut)
  await slot(page, '10:00').click()
  await fillIn(page)
  await expect(page.getByTestId('hold-over')).toBeVisible()
  await expect(async () => {
    await bookAt(fade, cut, '10:00')
  }).toPass()
  await expect(page.getByTestId('hold-over')).toContainText('somebody else has taken it')

  await page.getByRole('button', { name: 'Book this time' }).click()
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody else has just taken this time' })
  await expect(notice.getByRole('button')).toHaveCount(5)
  await notice.getByRole('button', { name: /10:30 AM/ }).click()
  await expect(page.getByText('10:30 AM – 11:00 AM')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue('Cleo Jashari')
  await page.getByRole('button', { name: 'Book this time' }).click()
  await expect(page.getByTestId('appointment-state')).toHaveText('Confirmed')
})

test('two time zones, and an hour that there is twice', async ({ fade, browser }) => {
  const { id, cut } = await barber(fade)
  await fade.api('PATCH', `/api/businesses/${id}/`, { timezone: 'Europe/Belgrade' })
  await fade.api('PATCH', `/api/booking_settings/?business=${id}`, { horizon_days: 365, slot_minutes: 30 })
  const page = await customer(browser, { timezoneId: 'America/New_York' })
  const october = lastSundayOfOctober()
  await openDay(page, fade, cut, october)
  const start = (utc: string) => page.locator(`[data-start="${october}T${utc}:00Z"]`)
  await expect(start('00:30')).toHaveAccessibleName('2:30 AM GMT+2 Sat 8:30 PM your time')
  await expect(start('01:30')).toHaveAccessibleName('2:30 AM GMT+1 Sat 9:30 PM your time')
  await expect(start('11:00')).toHaveAccessibleName('12:00 PM 7:00 AM your time')
  await start('01:30').click()
  await expect(page.getByText('2:30 AM GMT+1 – 3:00 AM')).toBeVisible()
  await expect(page.getByText('9:30 PM – Sat 10:00 PM in your time zone (America/New York)')).toBeVisible()
})

/** The next day on which clocks are put back in Europe. */
function lastSundayOfOctober(): string {
  const now = new Date()
  for (let year = now.getUTCFullYear(); ; year++) {
    const day = new Date(Date.UTC(year, 9, 31, 12))
    day.setUTCDate(31 - day.getUTCDay())
    if (day > now) return day.toISOString().slice(0, 10)
  }
}

test('what cannot be booked says why', async ({ fade, browser }) => {
  const { id } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const page = await customer(browser)

  await test.step('neither services nor staff', async () => {
    await page.goto(`${fade.url}/book/prishtina?date=${tomorrow}`)
    await slot(page, '10:00').click()
    await expect(page.getByText('Appointment, 30 min')).toBeVisible()
    await page.getByRole('button', { name: 'Choose another time' }).click()
  })

  await test.step('a holiday, while the page is open', async () => {
    await fade.api('PATCH', `/api/booking_settings/?business=${id}`, {
      holidays: [{ from: tomorrow, to: tomorrow, note: 'Flag day' }],
    })
    await expect(page.getByText('Closed on this day')).toBeVisible()
    await expect(page.getByText('Flag day.')).toBeVisible()
    await expect(page.locator(`[data-date="${tomorrow}"]`)).toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('closed for good', async () => {
    await fade.api('PATCH', `/api/booking_settings/?business=${id}`, { hours: everyDay(), horizon_days: 40 })
    await expect(page.getByText(/^Nothing is free in /)).toBeVisible()
    const end = page.getByText(/^Bookings are open until /)
    const next = page.getByRole('button', { name: /^Look in / })
    while (await next.isVisible()) {
      const name = (await next.textContent()) ?? ''
      await next.click()
      await expect(page.getByRole('button', { name })).toHaveCount(0)
      await expect(next.or(end)).toBeVisible()
    }
    await expect(end).toBeVisible()
  })

  await test.step('lead time and horizon', async () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    await fade.api('PATCH', `/api/booking_settings/?business=${id}`, {
      hours: everyDay({ start: '00:00', end: '24:00' }),
      holidays: [],
      lead_minutes: 2 * 24 * 60,
      horizon_days: 3,
    })
    await page.goto(`${fade.url}/book/prishtina?date=${day(3)}`)
    await expect(page.locator('[data-start]').first()).toBeVisible()
    await expect(page.locator(`[data-date="${day(3)}"]`)).not.toHaveAttribute('aria-disabled', 'true')
    await page.goto(`${fade.url}/book/prishtina?date=${day(5)}`)
    await expect(page.getByText('Nothing on this day')).toBeVisible()
  })

  await test.step('unknown, and switched off', async () => {
    await page.goto(`${fade.url}/book/nowhere`)
    await expect(page.getByText('Nobody takes bookings here')).toBeVisible()
    await fade.api('POST', `/api/businesses/${id}/deactivate/`)
    await page.goto(`${fade.url}/book/prishtina`)
    await expect(page.getByText('Nobody takes bookings here')).toBeVisible()
  })
})

test('too late to change says until when it was possible', async ({ fade, browser }) => {
  const { id, cut } = await barber(fade)
  const { token } = (await (await bookAt(fade, cut, '12:00')).json()) as { token: string }
  await fade.api('PATCH', `/api/booking_settings/?business=${id}`, { cancel_until_minutes: 7 * 24 * 60 })
  await fade.api('PATCH', `/api/businesses/${id}/`, { phone: '+383 38 000 000' })
  const page = await customer(browser)
  await page.goto(`${fade.url}/appointment/${token}`)
  await expect(page.getByTestId('change-until')).toContainText(/^It could be moved or canceled here until /)
  await expect(page.getByTestId('change-until')).toContainText('Call +383 38 000 000')
  await expect(page.getByRole('button', { name: 'Move it' })).toHaveCount(0)
})

test('a business has its booking page on its own host', async ({ fade, browser }) => {
  await barber(fade)
  const page = await customer(browser)
  await page.goto(`${fade.url.replace('127.0.0.1', 'prishtina.localhost')}/`)
  await expect(page.getByRole('heading', { name: 'Book an appointment' })).toBeVisible()
  await expect(page.getByText('Fade Prishtina').first()).toBeVisible()
})

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 }, color: '#ffd400' },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 }, color: '#1b1464' },
  { name: 'phone', colorScheme: 'light', viewport: { width: 360, height: 740 }, color: '#e84393' },
  { name: 'dark phone', colorScheme: 'dark', viewport: { width: 360, height: 740 }, color: '#ffffff' },
] as const

for (const { name, color, ...look } of looks) {
  test(`nothing bars the way, ${name}`, async ({ fade, browser }) => {
    test.slow() // axe reads seven pages
    const { id, cut, staff } = await barber(
      fade,
      'Arta',
      'Maximilian Featherstonehaugh-Cholmondeley the Younger',
    )
    await fade.api('PATCH', `/api/businesses/${id}/`, {
      primary_color: color,
      name: 'The Honourable Company of Barbers and Hairdressers of Prishtina and Surroundings',
    })
    await fade.api('PATCH', `/api/services/${cut}/`, {
      name: 'A haircut with a name that is much longer than any list has room for',
      description: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
    })
    await fade.api('PATCH', `/api/booking_settings/?business=${id}`, {
      hours: everyDay({ start: '09:00', end: '16:00' }),
    })
    await bookAt(fade, cut, '09:00')
    await bookAt(fade, cut, '09:00')
    const page = await customer(browser, { ...look, reducedMotion: 'reduce', timezoneId: 'Asia/Tokyo' })
    const check = async (place: string) => {
      // What was read out a moment ago may name a button that has gone with its page.
      await page
        .locator('[data-live-announcer] [role="img"]')
        .evaluateAll((said) => said.map((element) => element.remove()))
      expect(await barriers(page), place).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      expect(wide, `${place} is wider than the window`).toBe(false)
      if (process.env.SHOTS) {
        const path = `${process.env.SHOTS}/${name} ${place}.png`.replaceAll(' ', '-')
        await page.screenshot({ path, fullPage: true })
      }
    }
    await openDay(page, fade, cut)
    await check('times')
    await page.route('**/holds/', (route) => {
      const free = (time: string) => ({ start_time: at(time), end_time: at(time), staff: staff[1] })
      const nearest = [free('09:30'), free('10:30')]
      return route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        json: { status: 409, code: 'slot_taken', title: 'Taken', nearest },
      })
    })
    await slot(page, '10:00').click()
    await expect(page.getByText('Somebody else has just taken this time.')).toBeInViewport()
    await check('taken')
    await page.unroute('**/holds/')
    await slot(page, '10:00').click()
    await page.getByRole('button', { name: 'Book this time' }).click()
    await expect(page.getByText('Enter your name.')).toBeVisible()
    await check('details')
    await fillIn(page)
    await page.getByRole('button', { name: 'Book this time' }).click()
    await expect(page.getByTestId('appointment-state')).toHaveText('Confirmed')
    await check('appointment')
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator(`[data-date="${tomorrow}"]`).click()
    await expect(slot(page, '10:00')).toBeVisible()
    await check('move')
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await check('cancel')
    await page.goto(`${fade.url}/book/nowhere`)
    await expect(page.getByText('Nobody takes bookings here')).toBeVisible()
    await check('nowhere')
    await page.goto(`${fade.url}/appointment/nonsense`)
    await expect(page.getByText('This link is not valid')).toBeVisible()
    await check('no appointment')
  })
}
