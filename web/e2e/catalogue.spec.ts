import type { Browser, Page } from '@playwright/test'
import { barriers } from './barriers'
import { admin, expect, type Fade, pressEscape, signIn, test } from './fade'

const owner = { email: 'owner@prishtina.example', password: 'owner-password' }

/** Another device of somebody: a browser that shares nothing with the first. */
async function device(browser: Browser, fade: Fade, who: typeof admin, path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, fade, who)
  await page.goto(`${fade.url}${path}`)
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
  return page
}

test('an owner adds a service and a person with hours, and another device follows', async ({
  fade,
  page,
  browser,
}) => {
  const { id } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  const other = await device(browser, fade, admin, `/businesses/${id}/settings`)
  await expect(other.getByText('There are no services yet')).toBeVisible()

  await signIn(page, fade, owner)
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText('customers book appointments of 30 minutes')).toBeVisible()
  await page.getByRole('button', { name: 'New service' }).click()
  const service = page.getByRole('dialog', { name: 'New service' })
  await service.getByRole('button', { name: 'Add service' }).click()
  await expect(service.getByText('Give the service a name.')).toBeVisible()
  await expect(service.getByLabel('Name')).toBeFocused()
  await service.getByLabel('Name').fill('Haircut')
  await service.getByLabel('Duration').fill('45')
  await service.getByLabel('Buffer after').fill('10')
  await expect(service.getByText('The chair is taken for 55 min.')).toBeVisible()
  await service.getByLabel('Price').fill('12,50')
  await service.getByRole('button', { name: 'Add service' }).click()
  const row = other.getByTestId('catalogue-row')
  await expect(row).toContainText('Haircut')
  await expect(row).toContainText('€12.50')
  await expect(row).toContainText('45 min + 10 min after')

  await other.getByRole('tab', { name: 'Staff' }).click()
  await expect(other.getByText('booked as one chair')).toBeVisible()
  await page.getByRole('tab', { name: 'Staff' }).click()
  await expect(page).toHaveURL(/tab=staff/)
  await page.getByRole('button', { name: 'New person' }).click()
  const person = page.getByRole('dialog', { name: 'New person' })
  await person.getByLabel('Name').fill('Arta Krasniqi')
  await person.getByText('Does every service').click()
  await person.getByLabel('Haircut').check()
  await person.getByText('Works whenever the business is open').click()
  await person.getByRole('button', { name: 'Remove Sunday hours' }).click()
  await person.getByLabel('Monday hours from').fill('10:00')
  await person.getByLabel('Monday hours until').fill('18:00')
  await person.getByRole('button', { name: 'Copy Monday to other days' }).first().click()
  await page.getByRole('menuitem', { name: 'Copy to Monday to Friday' }).click()
  await person.getByRole('button', { name: 'Add break on Monday' }).click()
  await person.getByRole('button', { name: 'Add day off' }).click()
  await person.getByLabel('First day').fill('2030-12-24')
  await person.getByLabel('Note').fill('Away')
  await person.getByRole('button', { name: 'Add person' }).click()
  await expect(person).toBeHidden()
  const member = other.getByTestId('catalogue-row')
  await expect(member).toContainText('Arta Krasniqi')
  await expect(member).toContainText('Haircut')
  await expect(member).toContainText('Mon–Fri 10:00–18:00')
  await expect(member).toContainText('Dec 24, 2030')

  // The other way round: off here, off there; and back.
  await other.getByRole('button', { name: 'Deactivate Arta Krasniqi' }).click()
  const asked = other.getByRole('alertdialog')
  await expect(asked).toContainText('booked as one chair')
  await asked.getByRole('button', { name: 'Deactivate' }).click()
  await expect(page.getByTestId('catalogue-row')).toContainText('Inactive')
  await page.getByRole('button', { name: 'Activate Arta Krasniqi' }).click()
  await expect(other.getByTestId('catalogue-row')).not.toContainText('Inactive')
  await page.reload()
  await expect(page.getByTestId('catalogue-row')).toContainText('Arta Krasniqi')
})

test('a super admin changes the rules of any business, and its owner sees them', async ({
  fade,
  page,
  browser,
}) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const ownersPage = await device(browser, fade, owner, '/my/settings?tab=rules')
  await expect(ownersPage.getByTestId('rules-in-words')).toContainText('from right now until 1825 days ahead')

  await signIn(page, fade)
  await page.goto(`${fade.url}/businesses`)
  await page.getByTestId('business-row').click()
  await page.getByRole('dialog').getByRole('link', { name: 'Booking settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Fade Prishtina' })).toBeVisible()
  await expect(page.getByRole('link', { name: /Booking page/ })).toHaveAttribute('href', '/book/prishtina')
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByRole('textbox', { name: 'Lead time' }).fill('2')
  await page.getByRole('textbox', { name: 'Horizon' }).fill('60')
  await page.getByRole('textbox', { name: 'Move or cancel until' }).fill('24')
  await page.getByText('I confirm each booking myself').click()
  const words = page.getByTestId('rules-in-words')
  await expect(words).toContainText('Customers can book from 2 hours to 60 days ahead.')
  await expect(words).toContainText('confirmed at once')
  await expect(words).toContainText('until 1 day before')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(ownersPage.getByTestId('rules-in-words')).toContainText('from 2 hours to 60 days ahead')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
})

test('hours that overlap have an error at their day, and nothing is lost', async ({ fade, page }) => {
  const { id } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/settings?tab=hours`)
  await page.getByText('The same every day').click()
  const monday = page.getByTestId('hours-monday')
  await monday.getByLabel('Monday hours from').fill('09:00')
  await monday.getByLabel('Monday hours until').fill('12:00')
  await monday.getByRole('button', { name: 'Add hours on Monday' }).click()
  await expect(monday.getByLabel('Monday hours from, line 2')).toBeFocused()
  await monday.getByLabel('Monday hours from, line 2').fill('11:00')
  await monday.getByLabel('Monday hours until, line 2').fill('17:00')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(monday.getByText('09:00–12:00 and 11:00–17:00 overlap.')).toBeVisible()
  await expect(monday.getByLabel('Monday hours from, line 1')).toBeFocused()
  await expect(monday.getByLabel('Monday hours until, line 2')).toHaveValue('17:00')

  // Going away asks first.
  await page.getByRole('tab', { name: 'Staff' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  await expect(monday.getByLabel('Monday hours until, line 2')).toHaveValue('17:00')

  await monday.getByLabel('Monday hours from, line 2').fill('13:00')
  await expect(monday.getByText('overlap')).toBeHidden()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  const settings = await fade.api<{ hours: { monday: unknown } }>(
    'GET',
    `/api/booking_settings/?business=${id}`,
  )
  expect(settings.hours.monday).toEqual([
    { start: '09:00', end: '12:00' },
    { start: '13:00', end: '17:00' },
  ])
})

test('who changes what somebody else changed meanwhile is told, and may load it again', async ({
  fade,
  page,
}) => {
  const { id } = await fade.createBusiness('Fade Prishtina', 'prishtina')
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/settings?tab=rules`)
  const change = (fields: object) => fade.api('PATCH', `/api/booking_settings/?business=${id}`, fields)
  const horizon = page.getByRole('textbox', { name: 'Horizon' })

  // What somebody changes elsewhere on the page is no conflict.
  await horizon.fill('90')
  await change({ holidays: [{ from: '2030-01-01', to: '2030-01-01', note: 'New Year' }] })
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()

  await horizon.fill('30')
  await change({ lead_minutes: 60 })
  const notice = page.getByRole('alert').filter({ hasText: 'Somebody else changed this page' })
  await expect(notice).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(notice).toBeVisible()
  await expect(horizon).toHaveValue('30')
  await notice.getByRole('button', { name: 'Load it again' }).click()
  await expect(horizon).toHaveValue('90')
  await expect(page.getByRole('textbox', { name: 'Lead time' })).toHaveValue('1')
  await expect(notice).toBeHidden()
})

test('the keyboard does it all, and is left where it was', async ({ fade, page }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  await signIn(page, fade, owner)
  await page.goto(`${fade.url}/my/settings`)
  await page.getByRole('tab', { name: 'Services' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(/tab=staff/)
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('button', { name: 'New service' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Cut')
  await page.getByLabel('Price').focus()
  await page.keyboard.type('10')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('catalogue-row')).toContainText('Cut')
  await expect(page.getByRole('button', { name: 'New service' })).toBeFocused()
  await page.getByRole('button', { name: 'Edit Cut' }).focus()
  await page.keyboard.press('Enter')
  await pressEscape(page.getByRole('dialog', { name: 'Cut' }))
  await expect(page.getByRole('button', { name: 'Edit Cut' })).toBeFocused()
  await page.getByRole('button', { name: 'Deactivate Cut' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog', { name: 'Deactivate Cut?' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Activate Cut', exact: true })).toBeFocused()

  // What is not saved keeps nobody from signing out.
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByRole('textbox', { name: 'Horizon' }).fill('9')
  await page.getByRole('button', { name: /Account and theme/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/sign-in/)
})

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const

for (const { name, ...look } of looks) {
  test(`no tab has a barrier, ${name}`, async ({ fade, browser }) => {
    test.setTimeout(60_000)
    const { id: business } = await fade.createBusiness('Fade Prishtina', 'prishtina')
    const { id: service } = await fade.api<{ id: string }>('POST', '/api/services/', {
      business,
      name: 'A haircut with a name that is much longer than any list has room for',
      description: 'Washing, cutting and drying.',
      price: 25,
    })
    await fade.api('POST', '/api/services/', { business, name: 'Beard', is_active: false })
    const monday = [
      { start: '08:00', end: '12:00' },
      { start: '13:00', end: '24:00' },
    ]
    const week = {
      monday,
      tuesday: [],
      wednesday: [],
      thursday: [],
      friday: monday,
      saturday: [],
      sunday: [],
    }
    const { id: member } = await fade.api<{ id: string }>('POST', '/api/staff/', {
      business,
      name: 'Arta',
      services: [service],
      hours: week,
      days_off: [{ from: '2030-12-24', to: '2030-12-26', note: 'Away' }],
    })
    await fade.api('PATCH', `/api/booking_settings/?business=${business}`, {
      hours: week,
      holidays: [
        { from: '2020-01-01', to: '2020-01-01', note: 'Long ago' },
        { from: '2030-12-24', to: '2030-12-26', note: 'Christmas' },
      ],
    })
    const context = await browser.newContext({ ...look, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await signIn(page, fade, owner)
    const places = [
      '',
      `?open=${service}`,
      '?tab=staff',
      `?tab=staff&open=${member}`,
      '?tab=hours',
      '?tab=holidays',
      '?tab=rules',
    ]
    for (const place of places) {
      await page.goto(`${fade.url}/my/settings${place}`)
      await page.waitForLoadState('networkidle')
      if (place.includes('open=')) await expect(page.getByRole('dialog')).toBeVisible()
      else await expect(page.getByRole('tabpanel').getByRole('heading', { level: 2 })).toBeVisible()
      expect(await barriers(page), place).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      expect(wide, `${place} is wider than the window`).toBe(false)
      if (process.env.SHOTS) {
        const file = place.replace(/\W+/g, '-').slice(0, 18) || 'services'
        await page.screenshot({ path: `${process.env.SHOTS}/${name}${file}.png`, fullPage: true })
      }
    }
    await context.close()
  })
}
