import { expect, it } from 'vitest'
import { notification, user } from '@/test/samples'
import { linkOf } from './links'

const owner = user({ is_super_admin: false, is_business_owner: true, business: 'b1' })

it('leads to what an entry is about', () => {
  expect(linkOf(notification({ payload: { reservation_id: 'r1', business_id: 'b1' } }), user())).toBe(
    '/reservations?open=r1',
  )
  expect(linkOf(notification({ payload: { business_id: 'b1' } }), user())).toBe('/businesses?open=b1')
  expect(linkOf(notification({ payload: { reservation_id: 'r1' } }), owner)).toBe('/my/reservations?open=r1')
  expect(linkOf(notification({ payload: {} }), owner)).toBe('/my')
})

it('leads to the conversation, also where it is about a reservation', () => {
  const entry = notification({ payload: { conversation_id: 'c1', reservation_id: 'r1' } })
  expect(linkOf(entry, user())).toBe('/messages/c1')
  expect(linkOf(entry, owner)).toBe('/my/messages/c1')
})
