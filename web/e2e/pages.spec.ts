import { barriers } from './barriers'
import { admin, expect, pressEscape, signIn, test } from './fade'

const owner = { email: 'owner@prishtina.example', password: 'owner-password' }

test('businesses: errors at the fields, edit, deactivate with confirmation, search in the address', async ({
  fade,
  page,
}) => {
  await fade.createBusiness('Kings', 'kings')
  await signIn(page, fade)
  await page.goto(`${fade.url}/businesses`)
  await page.getByRole('button', { name: 'New business' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New business' })
  await dialog.getByLabel('Name', { exact: false }).first().fill('A second one')
  await dialog.getByLabel('Subdomain').fill('kings')
  await dialog.getByLabel("Owner's email").fill('second@example.com')
  await dialog.getByLabel('Password').fill('owner-password')
  await dialog.getByRole('button', { name: 'Create business' }).click()
  await expect(dialog.getByText(/subdomain is taken/i)).toBeVisible()
  await dialog.getByLabel('Subdomain').fill('second')
  await dialog.getByRole('button', { name: 'Create business' }).click()

  const panel = page.getByRole('dialog', { name: 'A second one' })
  await panel.getByRole('button', { name: 'Edit' }).click()
  await panel.getByLabel('Name', { exact: false }).first().fill('Renamed')
  await panel.getByRole('button', { name: 'Save' }).click()
  const renamed = page.getByRole('dialog', { name: 'Renamed' })
  await renamed.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Deactivate' }).click()
  await expect(renamed.getByText('Inactive')).toBeVisible()
  await pressEscape(renamed)

  await page.getByRole('searchbox', { name: 'Search businesses' }).fill('renam')
  await expect(page).toHaveURL(/search=renam/)
  await expect(page.getByTestId('business-row')).toHaveCount(1)
  await page.reload()
  await expect(page.getByTestId('business-row')).toContainText('Renamed')
})

test('an owner sees their own reservations live, and nothing of the platform', async ({ fade, page }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  await fade.createBusiness('Foreign', 'foreign')
  await signIn(page, fade, owner)
  await expect(page).toHaveURL(/\/my$/)
  await fade.book('foreign', 'Somebody else’s')
  await fade.book('prishtina', 'Ana Petrović')
  await expect(page.getByTestId('notification-badge')).toHaveText('1')
  await page.getByRole('link', { name: 'Reservations', exact: true }).click()
  await expect(page.getByTestId('reservation-row')).toHaveCount(1)
  await page.getByTestId('reservation-row').click()
  const panel = page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Confirm' }).click()
  await expect(panel.getByText('Confirmed')).toBeVisible()
  await pressEscape(panel)
  await fade.book('prishtina', 'Blerim Gashi')
  await expect(page.getByTestId('reservation-row')).toHaveCount(2)
  await page.goto(`${fade.url}/dashboard`)
  await expect(page).toHaveURL(/\/my$/)
})

test('signing out elsewhere ends the session here, and signing in goes back to where one was', async ({
  fade,
  page,
}) => {
  await signIn(page, fade)
  await page.getByRole('link', { name: 'Users', exact: true }).click()
  const users = await fade.api<{ id: string; email: string }[]>('GET', '/api/users/')
  const me = users.find((u) => u.email === admin.email)
  await fade.api('POST', '/api/users/', {
    email: 'second@example.com',
    password: 'a-long-password',
    first_name: 'B',
    last_name: 'B',
    user_type: 'super_admin',
  })
  const login = (await (
    await fetch(`${fade.url}/api/auth/login/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'second@example.com', password: 'a-long-password' }),
    })
  ).json()) as { access: string }
  const patched = await fetch(`${fade.url}/api/users/${me?.id}/`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${login.access}` },
    body: JSON.stringify({ password: 'another-password' }),
  })
  expect(patched.status).toBe(200)
  await expect(page).toHaveURL(/\/sign-in/)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password').fill('another-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/users/)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`no page has a barrier, ${scheme}`, async ({ fade, browser }) => {
    const context = await browser.newContext({ colorScheme: scheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await fade.createBusiness('Fade Prishtina', 'prishtina')
    await fade.book('prishtina', 'Ana Petrović')
    await page.goto(`${fade.url}/sign-in`)
    expect(await barriers(page)).toEqual([])
    await signIn(page, fade)
    for (const path of ['/dashboard', '/businesses', '/reservations', '/users', '/inbox', '/system']) {
      await page.goto(`${fade.url}${path}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
      await page.waitForLoadState('networkidle')
      expect(await barriers(page), path).toEqual([])
    }
    await context.close()
  })
}
