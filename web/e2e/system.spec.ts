import { expect, pressEscape, signIn, test } from './fade'

const owner = { email: 'owner@prishtina.example', password: 'owner-password' }

test('System: somebody’s connection appears, and is ended after asking', async ({ fade, page, browser }) => {
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const elsewhere = await browser.newContext()
  const theirs = await elsewhere.newPage()
  await signIn(theirs, fade, owner)
  // Beside the page's own socket, one of the same sign-in that remembers how it ended.
  await theirs.evaluate(async () => {
    const token = localStorage.getItem('token')
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/notifications/?token=${token}`)
    const ended = new Promise<number>((done) => {
      socket.onclose = ({ code }) => done(code)
    })
    await new Promise((open) => {
      socket.onopen = open
    })
    Object.assign(window, { ended })
  })

  await signIn(page, fade)
  await page.getByRole('link', { name: 'System', exact: true }).click()
  await expect(page.getByTestId('node-card')).toHaveCount(1)
  await expect(page.getByTestId('node-card')).toHaveAttribute('data-connections', '3')
  const rows = page.getByTestId('client-row').filter({ hasText: 'Luan Berisha' })
  await expect(rows).toHaveCount(2)
  await expect(page.getByTestId('client-row').filter({ hasText: 'Arta Krasniqi' })).toContainText('You')
  await expect(page.getByTestId('channel-row').filter({ hasText: 'Luan Berisha' })).toContainText('Inbox')
  await expect(page.getByTestId('chart-connections').locator('svg path.recharts-curve')).toHaveCount(1)

  await rows.first().getByRole('button', { name: 'Disconnect Luan Berisha' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Disconnect Luan Berisha?' })
  await expect(dialog).toContainText(owner.email)
  await pressEscape(dialog)
  await expect(rows).toHaveCount(2)

  await rows.first().getByRole('button', { name: 'Disconnect Luan Berisha' }).click()
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  expect(await theirs.evaluate(() => (window as unknown as { ended: Promise<number> }).ended)).toBe(4409)
  await expect(theirs).toHaveURL(/\/sign-in/)
  await expect(rows).toHaveCount(0)
  await expect(page.getByTestId('node-card')).toHaveAttribute('data-connections', '1')
  await expect(page.getByText('4409 Signed out')).toBeVisible()
  expect(fade.output).toContain("a super admin ended somebody's sign-in")

  // The page is the super admin's alone.
  await signIn(theirs, fade, owner)
  await expect(theirs.getByRole('link', { name: 'System' })).toHaveCount(0)
  await theirs.goto(`${fade.url}/system`)
  await expect(theirs).toHaveURL(/\/my$/)
  await elsewhere.close()
})
