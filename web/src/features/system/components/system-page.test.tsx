import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SystemNode } from '@/api'
import { slowClient, systemNode, token } from '@/test/samples'
import { SystemPage } from './system-page'

let nodes: SystemNode[]
let asked: number
let posts: string[]

const server = setupServer(
  http.get('*/api/system/', () => {
    asked++
    return HttpResponse.json({ now: new Date(Date.now()).toISOString(), nodes })
  }),
  http.post('*/api/system/sessions/:id/disconnect/', ({ params }) => {
    posts.push(String(params.id))
    return new HttpResponse(null, { status: 204 })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  server.resetHandlers()
  focusManager.setFocused(undefined)
  vi.useRealTimers()
})
afterAll(() => server.close())

let queryClient: QueryClient

beforeEach(() => {
  // jsdom has no layout, and a table has as many rows as fit into it.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600)
  localStorage.setItem('token', token({ sub: 'u1' }))
  nodes = [systemNode({}, {}, { connections: 3 })]
  asked = 0
  posts = []
  queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})

const show = () =>
  render(
    <QueryClientProvider client={queryClient}>
      <SystemPage />
    </QueryClientProvider>,
  )

const problem = (status: number, detail: string) =>
  HttpResponse.json(
    { status, title: '', detail, code: '' },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )

describe('SystemPage', () => {
  it('shows each server, and says what happened to one that fell silent', async () => {
    nodes = [
      systemNode({
        id: 'n2',
        name: 'host-two',
        gone: true,
        seen_at: new Date(Date.now() - 180_000).toISOString(),
      }),
      systemNode({}, {}, { connections: 1234, lagging: 2 }),
    ]
    show()
    const card = await screen.findByTestId('node-card')
    expect(card).toHaveTextContent('host-one')
    expect(card).toHaveTextContent('Live')
    expect(card).toHaveTextContent('1,234')
    const gone = screen.getByTestId('gone-card')
    expect(gone).toHaveTextContent(/A server fell silent without having stopped: the process died/)
    expect(gone).toHaveTextContent(/host-two.*silent for 3 min.*Gone/)
  })

  it('shows the newest of many that fell silent', async () => {
    nodes = Array.from({ length: 8 }, (_, i) =>
      systemNode({ id: `n${i}`, name: `host-${i}`, gone: true, seen_at: new Date(i * 60_000).toISOString() }),
    )
    show()
    const gone = await screen.findByTestId('gone-card')
    expect(
      within(gone)
        .getAllByText(/^host-/)
        .map((e) => e.textContent),
    ).toEqual(['host-7', 'host-6', 'host-5', 'host-4', 'host-3'])
    expect(gone).toHaveTextContent('and 3 more, of longer ago')
  })

  it('says what a lost channel layer means and what to look at', async () => {
    nodes = [
      systemNode(
        {},
        {},
        {},
        { kind: 'redis', connected: false, last_error: 'connection refused', dropped: 7 },
      ),
    ]
    show()
    const card = await screen.findByTestId('node-card')
    expect(card).toHaveTextContent(/Redis has been away for .* come late, none is lost/)
    expect(card).toHaveTextContent('connection refused')
    expect(card).toHaveTextContent('7 hints were never sent')
  })

  it('asks before it disconnects somebody, and says what happens', async () => {
    nodes = [
      systemNode(
        {},
        {
          clients: [
            slowClient({
              id: 1,
              user_name: 'Bo Li',
              user_email: 'bo@example.com',
              session_id: 's-bo',
              behind: 40,
              stuck_for: 21,
            }),
            slowClient({ id: 2, own: true }),
          ],
        },
      ),
    ]
    show()
    const rows = await screen.findAllByTestId('client-row')
    expect(rows[0]).toHaveTextContent('Bo Li')
    expect(rows[0]).toHaveTextContent('40 behind')
    expect(rows[0]).toHaveTextContent('stuck for 21 s')
    // Nobody throws out themselves.
    expect(within(rows[1] as HTMLElement).queryByRole('button')).not.toBeInTheDocument()
    expect(rows[1]).toHaveTextContent('You')

    await userEvent.click(screen.getByRole('button', { name: 'Disconnect Bo Li' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Disconnect Bo Li?' })
    expect(dialog).toHaveTextContent(
      /signed out at once, on every server, and bo@example.com has to sign in again/,
    )
    expect(posts).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(posts).toEqual([])

    await userEvent.click(screen.getByRole('button', { name: 'Disconnect Bo Li' }))
    await userEvent.click(
      within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Disconnect' }),
    )
    await waitFor(() => expect(posts).toEqual(['s-bo']))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument())
  })

  it('keeps the question open, with the reason, when it cannot be done', async () => {
    nodes = [systemNode({}, { clients: [slowClient()] })]
    server.use(http.post('*/disconnect/', () => problem(409, 'This is the sign-in that you are using.')))
    show()
    await userEvent.click(await screen.findByRole('button', { name: 'Disconnect Ada Admin' }))
    const dialog = await screen.findByRole('alertdialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'This is the sign-in that you are using.',
    )
  })

  it('adds up channels, refusals and closes over the servers, and explains them', async () => {
    const channel = {
      name: 'business:b1',
      user_id: '',
      business_id: 'b1',
      about: 'Fade Prishtina',
      ring_events: 1,
      ring_bytes: 100,
    }
    nodes = [
      systemNode(
        {},
        { channels: [{ ...channel, head: 7, subscribers: 2 }] },
        {
          closes: [{ code: 4450, count: 2 }],
          refused: [{ reason: 'full', count: 1 }],
        },
      ),
      systemNode(
        { id: 'n2' },
        { channels: [{ ...channel, head: 9, subscribers: 1 }] },
        { closes: [{ code: 4450, count: 3 }] },
      ),
    ]
    show()
    const row = await screen.findByTestId('channel-row')
    expect(row).toHaveTextContent('Fade Prishtina')
    expect(row).toHaveTextContent('head 9')
    expect(row).toHaveTextContent('3 followers')
    const closed = screen.getByText('4450 Too slow').closest('li')
    expect(closed).toHaveTextContent(/5$/)
    expect(closed).toHaveTextContent('It took nothing for 30 seconds')
    expect(screen.getByText(/Raise FADE_MAX_SOCKETS/)).toBeInTheDocument()
  })

  it('says so where there is nothing', async () => {
    show()
    expect(await screen.findByText('Nobody is connected')).toBeInTheDocument()
    expect(screen.getByText('No channel is followed')).toBeInTheDocument()
    expect(screen.getByText(/everybody who may connect was let in/)).toBeInTheDocument()
  })

  it('says so where no server has said anything', async () => {
    nodes = []
    show()
    expect(await screen.findByText('No server has given its figures yet')).toBeInTheDocument()
  })

  it('lets one try again when nothing could be read', async () => {
    server.use(http.get('*/api/system/', () => problem(500, ''), { once: true }))
    show()
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
    expect(await screen.findByTestId('node-card')).toBeInTheDocument()
  })

  it('goes on asking, keeps what it has when no answer comes, and rests while the tab is hidden', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    show()
    await screen.findByTestId('node-card')
    expect(asked).toBe(1)
    await vi.advanceTimersByTimeAsync(2_100)
    await waitFor(() => expect(asked).toBe(2))

    server.use(http.get('*/api/system/', () => HttpResponse.error()))
    await vi.advanceTimersByTimeAsync(2_100)
    expect(
      await screen.findByText(/These figures are not new: The server cannot be reached/),
    ).toBeInTheDocument()
    expect(screen.getByTestId('node-card')).toBeInTheDocument()
    server.resetHandlers()
    await vi.advanceTimersByTimeAsync(2_100)
    await waitFor(() => expect(screen.queryByText(/These figures are not new/)).not.toBeInTheDocument())

    focusManager.setFocused(false)
    const before = asked
    await vi.advanceTimersByTimeAsync(20_000)
    expect(asked).toBe(before)
    focusManager.setFocused(true)
    await waitFor(() => expect(asked).toBeGreaterThan(before))
  })
})
