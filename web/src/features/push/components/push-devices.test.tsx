import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PushDevice } from '@/api'
import { Toaster } from '@/components/ui'
import { token } from '@/test/samples'
import { bytesOf, keep, leave, ours } from '../device'
import { PushDevices } from './push-devices'

const KEY = 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8'

let devices: PushDevice[]
let key: string
let posts: unknown[]

const server = setupServer(
  http.get('*/api/push/key/', () => HttpResponse.json({ key })),
  http.get('*/api/push/subscriptions/', () => HttpResponse.json(devices)),
  http.post('*/api/push/subscriptions/', async ({ request }) => {
    const body = (await request.json()) as { label: string }
    posts.push(body)
    const added = device({ id: 'new', label: body.label })
    devices = [added, ...devices]
    return HttpResponse.json(added, { status: 201 })
  }),
  http.post('*/api/push/subscriptions/:id/test/', ({ params }) => {
    posts.push(params.id)
    return HttpResponse.json({}, { status: 202 })
  }),
  http.delete('*/api/push/subscriptions/:id/', ({ params }) => {
    devices = devices.filter(({ id }) => id !== params.id)
    return new HttpResponse(null, { status: 204 })
  }),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const device = (fields: Partial<PushDevice>): PushDevice => ({
  id: 'd1',
  label: 'Chrome on Android',
  created_at: '2026-11-01T09:00:00Z',
  used_at: null,
  ...fields,
})

/** A browser's push service: one subscription at a time. */
class Pushes {
  endpoint: string | undefined
  key: Uint8Array | undefined
  fails: DOMException | undefined
  private count = 0

  getSubscription = async () => {
    const { endpoint, key } = this
    if (!endpoint) return null
    return {
      endpoint,
      options: { applicationServerKey: key?.buffer ?? null },
      unsubscribe: async () => {
        this.endpoint = undefined
        return true
      },
      toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
    }
  }

  subscribe = async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
    if (this.fails) throw this.fails
    this.key = applicationServerKey
    this.endpoint = `https://push.test/${++this.count}`
    return this.getSubscription()
  }
}

let pushes: Pushes

function browser(permission: NotificationPermission, answer: NotificationPermission = permission) {
  const notification = { permission, requestPermission: vi.fn(async () => answer) }
  notification.requestPermission.mockImplementation(async () => {
    notification.permission = answer
    return answer
  })
  pushes = new Pushes()
  const registration = { pushManager: pushes }
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('Notification', notification)
  vi.stubGlobal('PushManager', class {})
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: {
      register: vi.fn(async () => registration),
      getRegistration: async () => registration,
      ready: Promise.resolve(registration),
    },
  })
}

beforeEach(() => {
  localStorage.setItem('token', token({ sub: 'u1' }))
  devices = []
  key = KEY
  posts = []
})

afterEach(() => {
  Reflect.deleteProperty(navigator, 'serviceWorker')
})

function show() {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={queryClient}>
      <PushDevices />
      <Toaster />
    </QueryClientProvider>,
  )
  return userEvent.setup()
}

const state = async (want: string) =>
  waitFor(() => expect(screen.getByTestId('this-device')).toHaveAttribute('data-state', want))

describe('PushDevices', () => {
  it('turns on: asks the person, subscribes with the server’s key, and lists the device', async () => {
    browser('default', 'granted')
    const user = show()
    await state('off')
    expect(screen.getByText('No device yet')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Turn on' }))
    await state('on')
    expect(posts).toEqual([
      { endpoint: 'https://push.test/1', keys: { p256dh: 'p', auth: 'a' }, label: expect.any(String) },
    ])
    expect(pushes.key).toEqual(bytesOf(KEY))
    expect(ours()).toEqual({ user: 'u1', id: 'new', endpoint: 'https://push.test/1' })
    expect(await screen.findByText('This device')).toBeVisible()
  })

  it('says what to do when the person says no', async () => {
    browser('default', 'default')
    const user = show()
    await state('off')
    await user.click(screen.getByRole('button', { name: 'Turn on' }))
    expect(await screen.findByText(/choose “Allow”/)).toBeVisible()
    expect(posts).toEqual([])
  })

  it('says what to do when the push service does not answer', async () => {
    browser('granted')
    pushes.fails = new DOMException('push service error', 'AbortError')
    const user = show()
    await state('off')
    await user.click(screen.getByRole('button', { name: 'Turn on' }))
    expect(await screen.findByText(/could not reach its push service/)).toBeVisible()
  })

  it('says what to do when the person denied them before', async () => {
    browser('denied')
    show()
    await state('denied')
    expect(screen.getByText(/Open the site’s settings/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Turn on' })).toBeNull()
  })

  it('says so where nothing can be shown, and still lists the other devices', async () => {
    vi.stubGlobal('isSecureContext', true)
    devices = [device({ used_at: '2026-11-02T09:00:00Z' })]
    show()
    await state('unsupported')
    expect(await screen.findByText('Chrome on Android')).toBeVisible()
    expect(screen.queryByText('This device')).toBeNull()
  })

  it('says so where the server sends none', async () => {
    browser('default')
    key = ''
    show()
    await state('unavailable')
  })

  it('renews a subscription that was made with another key', async () => {
    browser('granted')
    pushes.endpoint = 'https://push.test/old'
    pushes.key = new Uint8Array(65)
    const user = show()
    await state('off')
    await user.click(screen.getByRole('button', { name: 'Turn on' }))
    await state('on')
    expect(pushes.endpoint).toBe('https://push.test/1')
  })

  it('turns off after asking, and forgets the subscription', async () => {
    browser('granted')
    pushes.endpoint = 'https://push.test/9'
    pushes.key = bytesOf(KEY)
    devices = [device({ id: 'd9' })]
    localStorage.setItem(
      'push-device',
      JSON.stringify({ user: 'u1', id: 'd9', endpoint: 'https://push.test/9' }),
    )
    const user = show()
    await state('on')
    await user.click(screen.getByRole('button', { name: 'Turn off' }))
    const dialog = screen.getByRole('alertdialog', { name: 'Turn notifications off here?' })
    await user.click(within(dialog).getByRole('button', { name: 'Turn off' }))
    await state('off')
    expect(devices).toEqual([])
    expect(pushes.endpoint).toBeUndefined()
    expect(ours()).toBeUndefined()
  })

  it('sends a test, and removes another device after asking', async () => {
    browser('default')
    devices = [device({ id: 'd2' })]
    const user = show()
    await user.click(await screen.findByRole('button', { name: 'Send a test to Chrome on Android' }))
    expect(await screen.findByText('A test is on its way to Chrome on Android')).toBeVisible()
    expect(posts).toEqual(['d2'])
    await user.click(screen.getByRole('button', { name: 'Remove Chrome on Android' }))
    await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Remove' }))
    expect(await screen.findByText('No device yet')).toBeVisible()
  })

  it('is off when the device was removed elsewhere', async () => {
    browser('granted')
    pushes.endpoint = 'https://push.test/9'
    localStorage.setItem(
      'push-device',
      JSON.stringify({ user: 'u1', id: 'd9', endpoint: 'https://push.test/9' }),
    )
    show()
    await state('off')
  })
})

describe('keep', () => {
  const known = (user: string) =>
    localStorage.setItem('push-device', JSON.stringify({ user, id: 'd9', endpoint: 'https://push.test/9' }))

  it('tells the server of the address that the push service gave instead', async () => {
    browser('granted')
    known('u1')
    pushes.endpoint = 'https://push.test/10'
    pushes.key = bytesOf(KEY)
    await keep()
    expect(posts).toHaveLength(1)
    expect(ours()).toEqual({ user: 'u1', id: 'new', endpoint: 'https://push.test/10' })
  })

  it('says nothing while nothing changed, nor where nothing was turned on', async () => {
    browser('granted')
    await keep()
    pushes.endpoint = 'https://push.test/9'
    known('u1')
    await keep()
    expect(posts).toEqual([])
  })

  it('forgets the subscription of somebody else', async () => {
    browser('granted')
    pushes.endpoint = 'https://push.test/9'
    known('u2')
    await keep()
    expect(pushes.endpoint).toBeUndefined()
    expect(ours()).toBeUndefined()
    expect(posts).toEqual([])
  })

  it('leaves nothing when the person signs out', async () => {
    browser('granted')
    pushes.endpoint = 'https://push.test/9'
    known('u1')
    await leave()
    expect(pushes.endpoint).toBeUndefined()
  })
})
