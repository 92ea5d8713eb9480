import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import type { BookingSettings, EventType, LogEvent, Service } from '@/api'
import { Dispatcher } from '@/live'
import { servicesQuery } from './api/services'
import { settingsQuery } from './api/settings'
import { staffQuery } from './api/staff'
import { withRow } from './cache'
import { catalogueLive } from './live'

const service = (fields: Partial<Service> = {}): Service => ({
  id: 's1',
  business: 'b1',
  name: 'Haircut',
  description: '',
  duration_minutes: 30,
  buffer_minutes: 0,
  price: 25,
  currency: 'EUR',
  is_active: true,
  created_at: '2026-11-22T18:30:00Z',
  updated_at: '2026-11-22T18:30:00Z',
  version: 1,
  ...fields,
})

const settings = (version: number): BookingSettings => ({
  business: 'b1',
  hours: null,
  holidays: [],
  lead_minutes: 0,
  horizon_days: 365,
  cancel_until_minutes: 0,
  needs_confirmation: true,
  slot_minutes: 15,
  reminder_minutes: [1440, 120],
  updated_at: '2026-11-22T18:30:00Z',
  version,
})

describe('withRow', () => {
  it('keeps the order of the server: active first, by name', () => {
    const rows = [service({ id: 'b', name: 'Beard' }), service({ id: 'z', name: 'Ärmel', is_active: false })]
    const names = (of: Service[]) => of.map((s) => s.name)
    const more = withRow(rows, service({ id: 'a', name: 'Afro' }))
    expect(names(more)).toEqual(['Afro', 'Beard', 'Ärmel'])
    const off = withRow(more, service({ id: 'a', name: 'Afro', is_active: false, version: 2 }))
    expect(names(off)).toEqual(['Beard', 'Afro', 'Ärmel'])
  })

  it('changes nothing for a version that is not newer', () => {
    const rows = [service({ version: 3 })]
    expect(withRow(rows, service({ version: 3, name: 'Other' }))).toBe(rows)
    expect(withRow(rows, service({ version: 2, name: 'Other' }))).toBe(rows)
  })
})

describe('catalogueLive', () => {
  let queryClient: QueryClient
  let seq = 0

  beforeEach(() => {
    queryClient = new QueryClient()
  })

  const arrive = (type: EventType, payload: object) =>
    new Dispatcher(queryClient, [catalogueLive]).dispatch({
      id: `e${++seq}`,
      type,
      channel: 'business:b1',
      seq,
      timestamp: '2026-11-22T18:30:00Z',
      payload: { message: '', ...payload },
    } as LogEvent)

  it('adds and changes services of their own business only', () => {
    const key = servicesQuery('b1').queryKey
    const other = servicesQuery('b2').queryKey
    queryClient.setQueryData(key, [])
    queryClient.setQueryData(other, [])
    arrive('service_created', { service: service() })
    arrive('service_updated', { service: service({ version: 2, name: 'Cut' }) })
    arrive('service_updated', { service: service({ version: 1, name: 'Late' }) })
    expect(queryClient.getQueryData(key)).toEqual([service({ version: 2, name: 'Cut' })])
    expect(queryClient.getQueryData(other)).toEqual([])
  })

  it('makes up no list that nobody has read', () => {
    arrive('service_created', { service: service() })
    arrive('staff_created', {
      staff: { id: 'm1', business: 'b1', name: 'Arta', is_active: true, version: 1 },
    })
    arrive('settings_updated', { settings: settings(4) })
    expect(queryClient.getQueryData(servicesQuery('b1').queryKey)).toBeUndefined()
    expect(queryClient.getQueryData(staffQuery('b1').queryKey)).toBeUndefined()
    expect(queryClient.getQueryData(settingsQuery('b1').queryKey)).toBeUndefined()
  })

  it('takes newer settings only', () => {
    const key = settingsQuery('b1').queryKey
    queryClient.setQueryData(key, settings(2))
    arrive('settings_updated', { settings: settings(1) })
    expect(queryClient.getQueryData(key)?.version).toBe(2)
    arrive('settings_updated', { settings: settings(3) })
    expect(queryClient.getQueryData(key)?.version).toBe(3)
  })
})
