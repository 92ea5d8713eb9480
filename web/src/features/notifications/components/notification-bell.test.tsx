import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LogEvent, Notification } from '@/api'
import { PageTitle } from '@/components/page-title'
import { Dispatcher } from '@/live'
import { notification, token, user } from '@/test/samples'
import { notificationsLive } from '../live'
import { NotificationBell } from './notification-bell'

let entries: Notification[]
let unread: number
let posts: string[]

const server = setupServer(
  http.get('*/api/notifications/', ({ request }) => {
    const limit = Number(new URL(request.url).searchParams.get('limit'))
    return HttpResponse.json(entries.slice(0, limit), {
      headers: { 'Fade-Unread-Count': String(unread), 'Fade-Position': 'user:u1=e:2' },
    })
  }),
  http.post('*/api/notifications/*', ({ request }) => {
    posts.push(new URL(request.url).pathname)
    return HttpResponse.json({})
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

let queryClient: QueryClient

beforeEach(() => {
  localStorage.setItem('token', token({ sub: 'u1' }))
  entries = [notification({ seq: 2, message: 'Second' }), notification({ seq: 1, message: 'First' })]
  unread = 2
  posts = []
  queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})

function show() {
  const root = createRootRoute({ component: () => <NotificationBell me={user()} /> })
  const pages = ['/', '/businesses', '/inbox'].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => <PageTitle>Page</PageTitle> }),
  )
  const router = createRouter({
    routeTree: root.addChildren(pages),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  })
  render(
    <QueryClientProvider client={queryClient}>
      {/* biome-ignore lint/suspicious/noExplicitAny: a router of its own, smaller than the registered one */}
      <RouterProvider router={router as any} />
    </QueryClientProvider>,
  )
  return router
}

const arrive = (seq: number, count: number) =>
  new Dispatcher(queryClient, [notificationsLive]).dispatch({
    id: `e${seq}`,
    type: 'notification',
    channel: 'user:u1',
    seq,
    timestamp: '2026-11-22T18:30:00Z',
    payload: { notification: notification({ seq, message: 'Third' }), unread_count: count },
  } as LogEvent)

describe('NotificationBell', () => {
  it('counts what is unread on the server, and what comes', async () => {
    show()
    expect(await screen.findByTestId('notification-badge')).toHaveTextContent('2')
    arrive(3, 3)
    await waitFor(() => expect(screen.getByTestId('notification-badge')).toHaveTextContent('3'))
    expect(screen.getByRole('button', { name: 'Notifications, 3 unread' })).toBeInTheDocument()
  })

  it('shows no more than 99+', async () => {
    unread = 240
    show()
    expect(await screen.findByTestId('notification-badge')).toHaveTextContent('99+')
  })

  it('has no badge when nothing is unread', async () => {
    unread = 0
    entries = []
    show()
    await userEvent.click(await screen.findByRole('button', { name: 'Notifications' }))
    expect(await screen.findByText('Nothing new')).toBeInTheDocument()
    expect(screen.queryByTestId('notification-badge')).not.toBeInTheDocument()
  })

  it('marks an entry read and goes to what it is about', async () => {
    const router = show()
    await screen.findByTestId('notification-badge')
    await userEvent.click(screen.getByTestId('notification-bell'))
    const items = await screen.findAllByTestId('notification-item')
    expect(items.map((item) => item.dataset.unread)).toEqual(['true', 'true'])
    await userEvent.click(items[0] as HTMLElement)
    await waitFor(() => expect(posts).toContain('/api/notifications/n2/read/'))
    expect(router.state.location.href).toBe('/businesses?open=b1')
    expect(screen.getByTestId('notification-badge')).toHaveTextContent('1')
  })

  it('says once what has been seen, and leaves it marked as new while it is open', async () => {
    entries = [
      notification({ seq: 2, message: 'Second' }),
      notification({ seq: 1, message: 'First', seen_at: '2026-11-22T18:00:00Z' }),
    ]
    show()
    await screen.findByTestId('notification-badge')
    expect(posts).toEqual([])
    await userEvent.click(screen.getByTestId('notification-bell'))
    const items = await screen.findAllByTestId('notification-item')
    expect(items.map((item) => item.dataset.new)).toEqual(['true', 'false'])
    await waitFor(() => expect(posts).toEqual(['/api/notifications/seen/']))
    expect(items.map((item) => item.dataset.new)).toEqual(['true', 'false'])
    await userEvent.keyboard('{Escape}')
    await userEvent.click(screen.getByTestId('notification-bell'))
    const again = await screen.findAllByTestId('notification-item')
    expect(again.map((item) => item.dataset.new)).toEqual(['false', 'false'])
    expect(posts).toEqual(['/api/notifications/seen/'])
  })

  it('clears only after asking', async () => {
    show()
    await screen.findByTestId('notification-badge')
    await userEvent.click(screen.getByTestId('notification-bell'))
    await screen.findAllByTestId('notification-item')
    await userEvent.click(screen.getByRole('button', { name: 'Clear all' }))
    const dialog = await screen.findByRole('alertdialog')
    expect(posts).not.toContain('/api/notifications/clear/')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Clear all' }))
    await waitFor(() => expect(posts).toContain('/api/notifications/clear/'))
    expect(screen.queryByTestId('notification-badge')).not.toBeInTheDocument()
  })

  it('puts the count before the title of the page', async () => {
    show()
    await screen.findByTestId('notification-badge')
    render(<PageTitle>Inbox</PageTitle>)
    expect(document.title).toBe('(2) Inbox · Fade')
  })
})
