import { admin, expect, signIn, test } from './fade'

interface Delivery {
  state: string
  address: string
  reason: string
}

test('a mail leaves only to somebody who has not been there in time', async ({ fade, page, browser }) => {
  // The shortest wait is a minute, and it passes for real.
  test.setTimeout(240_000)
  await fade.createBusiness('Fade Prishtina', 'prishtina')
  const { version } = await fade.api<{ version: number }>('GET', '/api/preferences/')
  await fade.api('PATCH', '/api/preferences/', {
    version,
    rules: { reservation_created: { email: { when: 'unseen', minutes: 1 } } },
  })
  const mailAbout = async (customer: string) => {
    const query = `search=${encodeURIComponent(customer)}`
    const [entry] = await fade.api<{ event_id: string }[]>('GET', `/api/notifications/?${query}`)
    const found = await fade.api<Delivery[]>('GET', `/api/deliveries/?kind=unseen&event=${entry?.event_id}`)
    return found.find((d) => d.address === admin.email)
  }

  // Nobody is there; then somebody comes in time.
  await fade.book('prishtina', 'Ana Petrović')
  await expect.poll(() => mailAbout('Ana')).toMatchObject({ state: 'queued' })
  const elsewhere = await (await browser.newContext()).newPage()
  await signIn(elsewhere, fade)
  await expect.poll(() => mailAbout('Ana')).toMatchObject({ state: 'canceled', reason: 'acked' })

  // Somebody is there.
  await fade.book('prishtina', 'Blerim Gashi')
  await expect.poll(() => mailAbout('Blerim')).toMatchObject({ state: 'canceled', reason: 'acked' })
  await elsewhere.context().close()

  // Nobody comes.
  await fade.book('prishtina', 'Drita Hoxha')
  await expect.poll(() => mailAbout('Drita'), { timeout: 120_000 }).toMatchObject({ state: 'sent' })
  await signIn(page, fade)
  await page.goto(`${fade.url}/dev/mail?view=text`)
  const mails = page.getByTestId('mail-line').filter({ hasText: admin.email })
  await expect(mails).toHaveCount(1)
  await mails.click()
  await expect(page.getByTestId('stored-mail')).toContainText('Drita Hoxha')
  await expect(page.getByTestId('stored-mail')).not.toContainText('Ana Petrović')
})
