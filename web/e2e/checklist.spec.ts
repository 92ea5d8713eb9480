import { consoleOf, expect, pressEscape, signIn, test } from './fade'

/** The twelve items of the original guide's testing checklist, in its words, with two tabs. */
test('the checklist of the setup guide', async ({ fade, context }) => {
  const tab1 = await context.newPage()
  const tab2 = await context.newPage()
  const seen1 = consoleOf(tab1)
  const seen2 = consoleOf(tab2)

  await test.step('backend starts', () => {
    expect(fade.output).toMatch(/Starting fade \S+ server at http:\/\/127\.0\.0\.1:\d+/)
  })

  await test.step('Redis is running and accessible', async () => {
    await expect
      .poll(() => fade.api<{ checks: object }>('GET', '/api/health/').then((health) => health.checks))
      .toMatchObject({ channel_layer: { ok: true, detail: 'redis' } })
  })

  await test.step('WebSocket connects on dashboard load; the console says so', async () => {
    await signIn(tab1, fade)
    await expect(tab1).toHaveURL(/\/dashboard$/)
    await tab2.goto(`${fade.url}/dashboard`)
    await expect(tab2.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
    for (const { lines } of [seen1, seen2]) {
      await expect.poll(() => lines).toContain('WebSocket connected')
      await expect.poll(() => lines).toContain('Dashboard WebSocket connected')
    }
  })

  await test.step('notification bell appears in the header', async () => {
    await expect(tab2.getByRole('banner').getByTestId('notification-bell')).toBeVisible()
    await expect(tab2.getByTestId('notification-badge')).toHaveCount(0)
    await expect(tab2.getByTestId('stat-total-businesses')).toHaveText('0')
  })

  await test.step('creating a business in tab 1 …', async () => {
    await tab1.getByRole('link', { name: 'Businesses', exact: true }).click()
    await tab1.getByRole('button', { name: 'New business' }).first().click()
    const dialog = tab1.getByRole('dialog', { name: 'New business' })
    await dialog.getByLabel('Name', { exact: false }).first().fill('Fade Prishtina')
    await dialog.getByLabel('Subdomain').fill('prishtina')
    await dialog.getByLabel("Owner's email").fill('owner@prishtina.example')
    await dialog.getByLabel('Password').fill('owner-password')
    await dialog.getByRole('button', { name: 'Create business' }).click()
    await expect(tab1.getByRole('dialog', { name: 'Fade Prishtina' })).toBeVisible()
  })

  await test.step('… increments the bell’s badge, and triggers a notification, in both tabs', async () => {
    for (const tab of [tab1, tab2]) await expect(tab.getByTestId('notification-badge')).toHaveText('1')
    await expect(tab2).toHaveTitle(/^\(1\) /)
  })

  await test.step('stats update automatically', async () => {
    await expect(tab2.getByTestId('stat-total-businesses')).toHaveText('1')
    await expect(tab2.getByTestId('stat-total-users')).toHaveText('2')
  })

  await test.step('recent businesses list and activity feed refresh', async () => {
    await expect(tab2.getByTestId('recent-business').filter({ hasText: 'Fade Prishtina' })).toHaveCount(1)
    await expect(
      tab2.getByTestId('activity-item').filter({ hasText: 'New business "Fade Prishtina" created' }),
    ).toHaveCount(1)
  })

  await test.step('the console tells of the event', async () => {
    await expect
      .poll(() =>
        seen2.lines.some((l) => l.startsWith('Dashboard update:') && l.includes('business_created')),
      )
      .toBe(true)
    expect(seen2.lines.some((l) => l.startsWith('Received real-time update:'))).toBe(true)
  })

  await test.step('clicking the bell shows the notification dropdown', async () => {
    await tab2.getByTestId('notification-bell').click()
    await expect(tab2.getByTestId('notification-item')).toHaveCount(1)
    await expect(tab2.getByTestId('notification-item')).toContainText('Fade Prishtina')
    await pressEscape(tab2.getByRole('dialog'))
  })

  await test.step('its state survives a reload', async () => {
    await tab2.reload()
    await expect(tab2.getByTestId('notification-badge')).toHaveText('1')
  })

  expect(seen1.errors).toEqual([])
  expect(seen2.errors).toEqual([])
})

test('a killed server: what happened meanwhile appears exactly once', async ({ fade, context }) => {
  const page = await context.newPage()
  await signIn(page, fade)
  await fade.createBusiness('Before', 'before')
  await expect(page.getByTestId('recent-business').filter({ hasText: 'Before' })).toHaveCount(1)

  await fade.kill()
  await expect(page.getByTestId('connection-pill')).not.toHaveAttribute('data-state', 'live')
  await fade.run()
  // The page may be back already, or still waiting: either way each appears once.
  await fade.createBusiness('Meanwhile', 'meanwhile')
  await fade.book('meanwhile', 'Customer of the gap')
  const retry = page.getByRole('button', { name: 'Retry now' })
  if (await retry.isVisible().catch(() => false)) await retry.click({ timeout: 1000 }).catch(() => undefined)
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live', { timeout: 40_000 })
  await fade.createBusiness('After', 'after')

  await expect(page.getByTestId('recent-business').filter({ hasText: 'After' })).toHaveCount(1)
  for (const text of [
    'New business "Before"',
    'New business "Meanwhile"',
    'New business "After"',
    'Customer of the gap',
  ]) {
    await expect(page.getByTestId('activity-item').filter({ hasText: text })).toHaveCount(1)
  }
  await expect(page.getByTestId('stat-total-businesses')).toHaveText('3')
  // Three businesses and one reservation, each told once.
  await expect(page.getByTestId('notification-badge')).toHaveText('4')
})
