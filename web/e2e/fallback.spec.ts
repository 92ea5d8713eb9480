import { expect, signIn, test } from './fade'

/** A proxy that lets no WebSocket through, until told to. */
function blockSockets(): void {
  const Real = window.WebSocket
  class Blocked extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readyState = 0
    onopen: (() => void) | null = null
    onmessage: (() => void) | null = null
    onclose: ((event: { code: number }) => void) | null = null
    constructor(url: string, protocols?: string | string[]) {
      super()
      // biome-ignore lint/correctness/noConstructorReturn: the page asked for a WebSocket and gets one
      if ((window as unknown as { unblocked?: boolean }).unblocked) return new Real(url, protocols) as never
      setTimeout(() => {
        this.readyState = 3
        this.onclose?.({ code: 1006 })
      }, 5)
    }
    send() {}
    close() {}
  }
  Object.assign(window, { WebSocket: Blocked })
}

test('Fallback: where no WebSocket gets through, events arrive over a stream, and a socket is taken again', async ({
  fade,
  page,
}) => {
  await page.addInitScript(blockSockets)
  await signIn(page, fade)
  const pill = page.getByTestId('connection-pill')
  await expect(pill).toContainText('Live (fallback)')
  await pill.getByRole('button', { name: /lets no WebSocket through/ }).focus()
  await expect(page.getByRole('tooltip')).toContainText('Events arrive over an event stream')

  await fade.createBusiness('Fade Prishtina', 'prishtina')
  await fade.book('prishtina', 'Blerim')
  await expect(page.getByTestId('stat-total-businesses')).toHaveText('1')
  await expect(page.getByTestId('activity-item').filter({ hasText: 'Blerim' })).toHaveCount(1)
  await expect(page.getByTestId('notification-badge')).toHaveText('2')

  // A stream has no way back, and yet the ledger knows that this page has it: no mail follows.
  await expect
    .poll(async () => {
      const waiting = await fade.api<{ reason: string }[]>('GET', '/api/deliveries/?route=email&kind=unseen')
      return waiting.map((delivery) => delivery.reason)
    })
    .toEqual(['acked', 'acked'])

  // What happens while the server is away is caught up, over the stream as over a socket.
  await fade.kill()
  await expect(pill).not.toHaveAttribute('data-state', 'live')
  await fade.run()
  await fade.createBusiness('Fade Tirana', 'tirana')
  await expect(page.getByTestId('stat-total-businesses')).toHaveText('2', { timeout: 40_000 })

  await page.evaluate(() => {
    Object.assign(window, { unblocked: true })
    window.dispatchEvent(new Event('online'))
  })
  await expect(pill).toContainText('Live', { useInnerText: true })
  await expect(pill).not.toContainText('fallback')
  await fade.createBusiness('Fade Durrës', 'durres')
  await expect(page.getByTestId('stat-total-businesses')).toHaveText('3')
  await expect(page.getByTestId('notification-badge')).toHaveText('4')
})
