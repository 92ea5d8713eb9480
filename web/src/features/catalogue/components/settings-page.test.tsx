import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BookingSettings, Service, Staff } from '@/api'
import { LiveProvider, type LiveSocket } from '@/live'
import { token } from '@/test/samples'
import { keepSettings } from '../cache'
import { type SettingsSearch, settingsSearch } from '../search'
import { everyDay } from '../week'
import { SettingsPage } from './settings-page'

const own = { id: 'b1', name: 'Fade Prishtina', subdomain: 'fade', timezone: 'Europe/Belgrade' }
const nine = { start: '09:00', end: '18:00' }
const at = '2026-11-22T18:30:00Z'

const service = (fields: Partial<Service> = {}): Service => ({
  id: '01a20661-0000-7000-8000-000000000001',
  business: 'b1',
  name: 'Haircut',
  description: '',
  duration_minutes: 30,
  buffer_minutes: 0,
  price: 25,
  currency: 'EUR',
  is_active: true,
  created_at: at,
  updated_at: at,
  version: 1,
  ...fields,
})

let settings: BookingSettings
let services: Service[]
let staff: Staff[]
let sent: Record<string, unknown>[]
/** What the next change is answered with instead. */
let refusal: (() => Response) | undefined

const problem = (status: number, code: string, errors: { location: string; message: string }[] = []) =>
  HttpResponse.json(
    { status, code, title: '', detail: 'Some fields need another look.', errors },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )

async function change<T>(request: Request, made: (body: Record<string, unknown>) => T): Promise<Response> {
  const body = (await request.json()) as Record<string, unknown>
  sent.push(body)
  const refused = refusal
  refusal = undefined
  return refused ? refused() : HttpResponse.json(made(body) as object)
}

const server = setupServer(
  http.get('*/api/book/fade/', () =>
    HttpResponse.json({ business: own, hours: settings.hours ?? everyDay(nine) }),
  ),
  http.get('*/api/services/', () => HttpResponse.json(services)),
  http.get('*/api/staff/', () => HttpResponse.json(staff)),
  http.get('*/api/booking_settings/', () => HttpResponse.json(settings)),
  http.patch('*/api/booking_settings/', ({ request }) =>
    change(request, (body) => {
      if (body.version !== settings.version) throw problem(409, 'stale_version')
      settings = { ...settings, ...body, version: settings.version + 1 }
      return settings
    }).catch((refused: Response) => refused),
  ),
  http.post('*/api/staff/', ({ request }) =>
    change(request, (body) => ({ ...body, id: 'm1', is_active: true, version: 1 })),
  ),
  http.patch('*/api/services/:id/', ({ request }) =>
    change(request, (body) => ({ ...services[0], ...body, version: 2 })),
  ),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

let queryClient: QueryClient

beforeEach(() => {
  localStorage.setItem('token', token({ sub: 'u1' }))
  settings = {
    business: 'b1',
    hours: null,
    holidays: [],
    lead_minutes: 120,
    horizon_days: 60,
    cancel_until_minutes: 1440,
    needs_confirmation: true,
    slot_minutes: 15,
    reminder_minutes: [1440, 120],
    updated_at: at,
    version: 1,
  }
  services = []
  staff = []
  sent = []
  refusal = undefined
  queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})

const socket = { join: () => () => undefined } as unknown as LiveSocket

function show(search: SettingsSearch = {}) {
  const root = createRootRoute()
  const page = createRoute({
    getParentRoute: () => root,
    path: '/',
    validateSearch: settingsSearch,
    component: function Page() {
      const navigate = page.useNavigate()
      return (
        <SettingsPage
          business="b1"
          own={own}
          shown={page.useSearch()}
          onShow={(next) => void navigate({ search: next, replace: true })}
        />
      )
    },
  })
  const query = new URLSearchParams(search as Record<string, string>).toString()
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [`/?${query}`] }),
  })
  render(
    <QueryClientProvider client={queryClient}>
      <LiveProvider socket={socket}>
        {/* biome-ignore lint/suspicious/noExplicitAny: a router of its own, smaller than the registered one */}
        <RouterProvider router={router as any} />
      </LiveProvider>
    </QueryClientProvider>,
  )
  return router
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }))

describe('empty states', () => {
  it('say what happens without services and without staff', async () => {
    const router = show()
    expect(await screen.findByText(/customers book appointments of 30 minutes/)).toBeInTheDocument()
    await userEvent.click(screen.getByRole('tab', { name: 'Staff' }))
    expect(await screen.findByText(/booked as one chair: one appointment at a time/)).toBeInTheDocument()
    expect(router.state.location.search).toEqual({ tab: 'staff' })
    expect(screen.getByRole('link', { name: /Booking page/ })).toHaveAttribute('href', '/book/fade')
  })

  it('say the same where all are switched off', async () => {
    services = [service({ is_active: false })]
    show()
    expect(await screen.findByText(/No service is active/)).toHaveTextContent('30 minutes')
  })
})

describe('hours', () => {
  it('begin with those of the profile, and put a complaint of the server at its day', async () => {
    show({ tab: 'hours' })
    expect(await screen.findByText(/Every day 09:00–18:00/)).toBeInTheDocument()
    await userEvent.click(screen.getByRole('switch', { name: /The same every day/ }))
    const monday = within(screen.getByTestId('hours-monday'))
    fireEvent.change(monday.getByLabelText('Monday hours until'), { target: { value: '17:00' } })
    refusal = () => problem(422, 'invalid', [{ location: 'body.hours.monday', message: 'Not on a Monday.' }])
    await press('Save')
    expect(await monday.findByText('Not on a Monday.')).toBeInTheDocument()
    const from = monday.getByLabelText('Monday hours from')
    expect(from).toBeInvalid()
    expect(from).toHaveAccessibleDescription('Not on a Monday.')
    await waitFor(() => expect(from).toHaveFocus())
    expect(monday.getByLabelText('Monday hours until')).toHaveValue('17:00')
    await press('Save')
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled())
    expect(settings.hours?.monday).toEqual([{ start: '09:00', end: '17:00' }])
    expect(settings.hours?.sunday).toEqual([nine])
  })

  it('are copied from day to day, and closed at midnight', async () => {
    settings.hours = { ...everyDay(), friday: [{ start: '18:00', end: '24:00' }] }
    show({ tab: 'hours' })
    expect(await screen.findByLabelText('Friday hours until')).toHaveValue('00:00')
    expect(screen.getByText('until midnight')).toBeInTheDocument()
    await press('Copy Friday to other days')
    await userEvent.click(screen.getByRole('menuitem', { name: 'Saturday' }))
    expect(screen.getByText('Friday copied to Saturday.')).toBeInTheDocument()
    await press('Save')
    await waitFor(() => expect(settings.hours?.saturday).toEqual([{ start: '18:00', end: '24:00' }]))
    expect(settings.hours?.monday).toEqual([])
  })

  it('go back to those of the profile as null', async () => {
    settings.hours = everyDay({ start: '18:00', end: '09:00' })
    show({ tab: 'hours' })
    await userEvent.click(await screen.findByRole('switch', { name: /The same every day/ }))
    await press('Save')
    await waitFor(() => expect(settings.hours).toBeNull())
  })
})

describe('holidays', () => {
  it('complain at their line, and are sent in order', async () => {
    show({ tab: 'holidays' })
    await screen.findByText(/No holiday is coming/)
    const line = (n: number) => within(screen.getByRole('group', { name: `holiday ${n}` }))
    await press('Add holiday')
    const first = line(1).getByLabelText('First day')
    await waitFor(() => expect(first).toHaveFocus())
    fireEvent.change(first, { target: { value: '2030-12-26' } })
    fireEvent.change(line(1).getByLabelText('Last day'), { target: { value: '2030-12-24' } })
    await press('Save')
    expect(await screen.findByText('This is before the first day.')).toBeInTheDocument()
    expect(line(1).getByLabelText('Last day')).toBeInvalid()
    fireEvent.change(line(1).getByLabelText('Last day'), { target: { value: '' } })
    await press('Add holiday')
    fireEvent.change(line(2).getByLabelText('First day'), { target: { value: '2030-01-01' } })
    await userEvent.type(line(2).getByLabelText('Note'), 'New Year')
    await press('Save')
    await waitFor(() =>
      expect(settings.holidays).toEqual([
        { from: '2030-01-01', to: '2030-01-01', note: 'New Year' },
        { from: '2030-12-26', to: '2030-12-26', note: '' },
      ]),
    )
    expect(await screen.findByText(/Closed next: .*New Year/)).toBeInTheDocument()
  })
})

describe('rules', () => {
  const horizon = () => screen.findByRole('textbox', { name: 'Horizon' })

  async function type(text: string) {
    const field = await horizon()
    await userEvent.clear(field)
    await userEvent.type(field, text)
    return field
  }

  it('say in words what is being typed', async () => {
    show({ tab: 'rules' })
    await type('30')
    expect(screen.getByTestId('rules-in-words')).toHaveTextContent('from 2 hours to 30 days ahead.')
    await type('x')
    expect(screen.getByTestId('rules-in-words')).toHaveTextContent('Fill in every rule')
    await press('Save')
    expect(await screen.findByText('A whole number of days from 1 to 3650.')).toBeInTheDocument()
    expect(sent).toEqual([])
  })

  it('follow what others change while nobody has typed', async () => {
    show({ tab: 'rules' })
    await horizon()
    act(() => keepSettings(queryClient, { ...settings, horizon_days: 90, version: 2 }))
    await waitFor(async () => expect(await horizon()).toHaveValue('90'))
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('are saved although somebody changed what is not on this tab, unheard of', async () => {
    show({ tab: 'rules' })
    await type('30')
    settings = { ...settings, holidays: [{ from: '2030-01-01', to: '2030-01-01', note: '' }], version: 2 }
    await press('Save')
    await waitFor(() => expect(settings).toMatchObject({ horizon_days: 30, version: 3 }))
    expect(settings.holidays).toHaveLength(1)
    expect(sent.map((body) => body.version)).toEqual([1, 2])
  })

  it('are a conflict where somebody changed the same, and can be loaded again', async () => {
    show({ tab: 'rules' })
    const field = await type('30')
    settings = { ...settings, lead_minutes: 0, version: 2 }
    await press('Save')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('Somebody else changed this page while you were typing.')
    expect(field).toHaveValue('30')
    await press('Load it again')
    await waitFor(() => expect(field).toHaveValue('60'))
    expect(screen.getByTestId('rules-in-words')).toHaveTextContent('from right now')
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('are not lost by going to another tab without a word', async () => {
    const router = show({ tab: 'rules' })
    const field = await type('30')
    await userEvent.click(screen.getByRole('tab', { name: 'Services' }))
    const asked = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
    await userEvent.click(within(asked).getByRole('button', { name: 'Cancel' }))
    expect(field).toHaveValue('30')
    expect(router.state.location.search).toEqual({ tab: 'rules' })
    await userEvent.click(screen.getByRole('tab', { name: 'Services' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Leave' }))
    await screen.findByText('There are no services yet')
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument()
  })
})

describe('staff', () => {
  it('has its complaints at the fields, and sends what was meant', async () => {
    services = [service(), service({ id: 's2', name: 'Beard' })]
    show({ tab: 'staff', open: 'new' })
    const dialog = within(await screen.findByRole('dialog', { name: 'New person' }))
    await userEvent.type(dialog.getByRole('textbox', { name: /Name/ }), '  Arta ')
    await userEvent.click(dialog.getByRole('switch', { name: /every service/ }))
    await userEvent.click(dialog.getByRole('button', { name: 'Add person' }))
    expect(await dialog.findByText('Choose at least one service.')).toBeInTheDocument()
    await waitFor(() => expect(dialog.getByRole('checkbox', { name: 'Haircut' })).toHaveFocus())
    await userEvent.click(dialog.getByRole('checkbox', { name: 'Beard' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Add break on Monday' }))
    refusal = () => problem(422, 'invalid', [{ location: 'body.days_off', message: 'Too many of them.' }])
    await userEvent.click(dialog.getByRole('button', { name: 'Add person' }))
    expect(await dialog.findByText('Too many of them.')).toBeInTheDocument()
    expect(dialog.getByRole('checkbox', { name: 'Beard' })).toBeChecked()
    await userEvent.click(dialog.getByRole('button', { name: 'Add person' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
    expect(sent.at(-1)).toMatchObject({
      business: 'b1',
      name: 'Arta',
      services: ['s2'],
      hours: null,
      breaks: { monday: [{ start: '12:00', end: '13:00' }], tuesday: [] },
      days_off: [],
    })
    expect(await screen.findByTestId('catalogue-row')).toHaveTextContent('Arta')
  })
})

describe('services', () => {
  it('are activated at once, and as before if the server refuses', async () => {
    services = [service({ is_active: false })]
    let answer: () => void = () => undefined
    const waiting = new Promise<void>((resolve) => {
      answer = resolve
    })
    server.use(
      http.patch('*/api/services/:id/', async () => {
        await waiting
        return problem(503, 'unavailable')
      }),
    )
    show()
    await userEvent.click(await screen.findByRole('button', { name: 'Activate Haircut' }))
    expect(await screen.findByRole('button', { name: 'Deactivate Haircut' })).toBeInTheDocument()
    answer()
    expect(await screen.findByRole('button', { name: 'Activate Haircut' })).toBeInTheDocument()
  })

  it('are changed for the version that was read, and keep what was typed when it fails', async () => {
    services = [service({ version: 7 })]
    show({ open: services[0]?.id as string })
    const dialog = within(await screen.findByRole('dialog', { name: 'Haircut' }))
    const price = dialog.getByRole('textbox', { name: /Price/ })
    await userEvent.clear(price)
    await userEvent.type(price, '30,5')
    refusal = () => problem(422, 'invalid', [{ location: 'body.price', message: 'Too dear.' }])
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
    expect(await dialog.findByText('Too dear.')).toBeInTheDocument()
    expect(price).toHaveValue('30,5')
    expect(price).toHaveFocus()
    expect(sent[0]).toMatchObject({ price: 30.5, version: 7 })
  })
})
