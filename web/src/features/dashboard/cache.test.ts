import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import type { Analytics } from '@/api'
import { Dispatcher } from '@/live'
import { business, businessCreated, reservation, totals } from '@/test/samples'
import { activityQuery } from './api/activity'
import type { Charts } from './api/analytics'
import { type Overview, overviewQuery } from './api/stats'
import { withActivity, withBusiness, withCreated, withTotals } from './cache'
import { dashboardLive } from './live'

const at = (seq: number) => ({ channel: 'dashboard', epoch: 'e', seq })
const overview = (fields: Partial<Overview> = {}): Overview => ({
  totals: totals(),
  recent: [],
  at: at(10),
  ...fields,
})

describe('withTotals', () => {
  it('takes the totals of a later event', () => {
    const next = withTotals(overview(), at(11), totals({ total_businesses: 12 }))
    expect(next.totals.total_businesses).toBe(12)
    expect(next.at?.seq).toBe(11)
  })

  it('leaves totals alone that know the event already', () => {
    const before = overview()
    expect(withTotals(before, at(10), totals({ total_businesses: 3 }))).toBe(before)
  })
})

describe('withBusiness', () => {
  const day = (n: number) => `2026-11-0${n}T00:00:00Z`
  const five = [5, 4, 3, 2, 1].map((n) => business({ id: `b${n}`, created_at: day(n) }))

  it('puts a new one first and keeps five', () => {
    const next = withBusiness(overview({ recent: five }), business({ id: 'new', created_at: day(6) }))
    expect(next.recent.map((b) => b.id)).toEqual(['new', 'b5', 'b4', 'b3', 'b2'])
  })

  it('is not moved by an old one that changed', () => {
    const before = overview({ recent: five })
    expect(
      withBusiness(before, business({ id: 'old', created_at: '2020-01-01T00:00:00Z', version: 9 })),
    ).toBe(before)
  })

  it('patches only with a newer version', () => {
    const before = overview({ recent: [business({ id: 'b', version: 3, name: 'Now' })] })
    expect(withBusiness(before, business({ id: 'b', version: 3, name: 'Same' }))).toBe(before)
    expect(withBusiness(before, business({ id: 'b', version: 2, name: 'Before' }))).toBe(before)
    expect(withBusiness(before, business({ id: 'b', version: 4, name: 'After' })).recent[0]?.name).toBe(
      'After',
    )
  })
})

describe('withActivity', () => {
  const feed = (...seqs: number[]) => ({
    pages: [{ items: seqs.map((seq) => businessCreated(seq)), before: undefined }],
    pageParams: [undefined],
  })

  it('puts a new event at the head, once', () => {
    const once = withActivity(feed(4, 3), businessCreated(5))
    expect(withActivity(once, businessCreated(5))).toBe(once)
    expect(once.pages[0]?.items.map((e) => e.seq)).toEqual([5, 4, 3])
  })

  it('is bounded, and what falls off can be loaded again', () => {
    let now = feed(1)
    for (let seq = 2; seq <= 600; seq++) now = withActivity(now, businessCreated(seq)) as typeof now
    expect(now.pages[0]?.items.length).toBe(300)
    expect(now.pages[0]?.before).toBe(301)
  })
})

describe('withCreated', () => {
  const analytics: Analytics = {
    businessGrowth: [{ month: '2026-11', businesses: 1, reservations: 2, revenue: 30 }],
    businessTypes: [{ name: 'barbershop', value: 1, color: '#000' }],
    reservationTrends: [
      { month: '2026-11', confirmed: 0, pending: 2, canceled: 0, completed: 0, no_show: 0 },
    ],
    totalRevenue: 30,
    monthlyGrowth: null,
    activeBusinesses: 1,
    totalReservations: 2,
  }
  const charts: Charts = { analytics, at: at(10) }

  it('counts a reservation in its month and status', () => {
    const next = withCreated(charts, at(11), { reservation: reservation({ status: 'confirmed', price: 20 }) })
    expect(next?.analytics.businessGrowth[0]).toEqual({
      month: '2026-11',
      businesses: 1,
      reservations: 3,
      revenue: 50,
    })
    expect(next?.analytics.reservationTrends[0]).toMatchObject({ confirmed: 1, pending: 2 })
  })

  it('counts nothing twice', () => {
    expect(withCreated(charts, at(10), { business: business() })).toBe(charts)
  })

  it('leaves a new month to the server', () => {
    expect(
      withCreated(charts, at(11), { reservation: reservation({ created_at: '2026-12-01T00:00:00Z' }) }),
    ).toBeUndefined()
  })
})

describe('dashboardLive', () => {
  it('changes totals, recent list and feed with one event, without a request', () => {
    const queryClient = new QueryClient()
    queryClient.setQueryData(overviewQuery.queryKey, overview())
    queryClient.setQueryData(activityQuery('all').queryKey, {
      pages: [{ items: [], before: undefined }],
      pageParams: [undefined],
    })
    const dispatcher = new Dispatcher(queryClient, [dashboardLive])
    for (let i = 0; i < 2; i++) dispatcher.dispatch(businessCreated(11, { id: 'b11' }))
    const after = queryClient.getQueryData(overviewQuery.queryKey)
    expect(after?.totals.total_businesses).toBe(11)
    expect(after?.recent.map((b) => b.id)).toEqual(['b11'])
    expect(queryClient.getQueryData(activityQuery('all').queryKey)?.pages[0]?.items.length).toBe(1)
  })
})
