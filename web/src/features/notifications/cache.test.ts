import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LogEvent, Notification } from '@/api'
import { Dispatcher } from '@/live'
import { notification } from '@/test/samples'
import { inboxQuery, type Shelf } from './api/list'
import { unreadQuery } from './api/unread-count'
import { notificationsLive } from './live'

const CHANNEL = 'user:u1'
const READ = '2026-11-22T19:00:00Z'

let queryClient: QueryClient
let dispatcher: Dispatcher

const load = (shelf: Shelf, items: Notification[], before?: number) =>
  queryClient.setQueryData(inboxQuery(shelf).queryKey, {
    pages: [{ items, before }],
    pageParams: [undefined],
  })

const ids = (shelf: Shelf) =>
  queryClient.getQueryData(inboxQuery(shelf).queryKey)?.pages.flatMap((page) => page.items.map((n) => n.id))

const unread = () => queryClient.getQueryData(unreadQuery.queryKey)?.count

const tell = (event: Pick<LogEvent, 'type' | 'payload' | 'seq'>) =>
  dispatcher.dispatch({ ...event, id: `e${event.seq}`, channel: CHANNEL, timestamp: READ } as LogEvent)

const arrive = (seq: number, count: number) =>
  tell({ type: 'notification', seq, payload: { notification: notification({ seq }), unread_count: count } })

beforeEach(() => {
  queryClient = new QueryClient()
  dispatcher = new Dispatcher(queryClient, [notificationsLive])
  queryClient.setQueryData(unreadQuery.queryKey, { count: 2, at: { channel: CHANNEL, epoch: 'e', seq: 2 } })
  load('all', [notification({ seq: 2 }), notification({ seq: 1 })])
  load('unread', [notification({ seq: 2 }), notification({ seq: 1 })])
  load('archived', [])
})

describe('the bell', () => {
  it('shows a new entry first and the count that the server gives', () => {
    arrive(3, 3)
    expect(ids('all')).toEqual(['n3', 'n2', 'n1'])
    expect(ids('unread')).toEqual(['n3', 'n2', 'n1'])
    expect(unread()).toBe(3)
  })

  it('is not moved by an event it has been told before', () => {
    arrive(3, 3)
    arrive(3, 3)
    arrive(2, 2)
    expect(ids('all')).toEqual(['n3', 'n2', 'n1'])
    expect(unread()).toBe(3)
  })

  it('takes what was read elsewhere off the unread', () => {
    tell({
      type: 'notification_read',
      seq: 3,
      payload: { notification_id: 'n2', read_at: READ, unread_count: 1 },
    })
    expect(ids('all')).toEqual(['n2', 'n1'])
    expect(ids('unread')).toEqual(['n1'])
    expect(unread()).toBe(1)
  })

  it('puts what was marked unread back among the unread', () => {
    tell({
      type: 'notification_read',
      seq: 3,
      payload: { notification_id: 'n2', read_at: READ, unread_count: 1 },
    })
    tell({
      type: 'notification_read',
      seq: 4,
      payload: { notification_id: 'n2', read_at: null, unread_count: 2 },
    })
    expect(ids('unread')).toEqual(['n2', 'n1'])
    expect(unread()).toBe(2)
  })

  it('marks everything up to a place read, and not what came after', () => {
    arrive(3, 3)
    tell({ type: 'notification_read', seq: 4, payload: { up_to: 2, read_at: READ, unread_count: 1 } })
    expect(ids('unread')).toEqual(['n3'])
    expect(unread()).toBe(1)
  })

  it('moves what is cleared to the archive', () => {
    tell({ type: 'notification_archived', seq: 3, payload: { up_to: 2, archived_at: READ, unread_count: 0 } })
    expect(ids('all')).toEqual([])
    expect(ids('unread')).toEqual([])
    expect(ids('archived')).toEqual(['n2', 'n1'])
    expect(unread()).toBe(0)
  })

  it('takes note of what was seen on another device, and moves nothing', () => {
    arrive(3, 3)
    tell({ type: 'notification_seen', seq: 4, payload: { up_to: 2, seen_at: READ, unread_count: 3 } })
    const seen = queryClient
      .getQueryData(inboxQuery('all').queryKey)
      ?.pages.flatMap((page) => page.items.map((n) => n.seen_at))
    expect(seen).toEqual([null, READ, READ])
    expect(ids('unread')).toEqual(['n3', 'n2', 'n1'])
    expect(unread()).toBe(3)
  })

  it('puts a new entry only into searches that it matches', () => {
    for (const search of ['PRISHTINA new', 'kings']) {
      queryClient.setQueryData(inboxQuery('all', search).queryKey, {
        pages: [{ items: [], before: undefined }],
        pageParams: [undefined],
      })
    }
    arrive(3, 3)
    const found = (search: string) =>
      queryClient.getQueryData(inboxQuery('all', search).queryKey)?.pages.flatMap((page) => page.items).length
    expect(found('PRISHTINA new')).toBe(1)
    expect(found('kings')).toBe(0)
  })

  it('does not put an entry where the list is not loaded yet', () => {
    load('all', [notification({ seq: 9 }), notification({ seq: 8 })], 8)
    arrive(3, 3)
    expect(ids('all')).toEqual(['n9', 'n8'])
  })
})
