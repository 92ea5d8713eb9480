import { describe, expect, it } from 'vitest'
import type { DeliveryStory, Told } from '@/api'
import { timelineOf } from './timeline'
import { causeInWords, inboxStateOf, peopleInWords, reasonInWords } from './words'

const AT = '2026-11-22T18:30:00Z'

const told = (name: string, fields: Partial<Told> = {}): Told => ({
  user: name,
  name,
  email: `${name.toLowerCase()}@example.com`,
  role: 'business_owner',
  notification: `n-${name}`,
  state: 'queued',
  acked_at: null,
  seen_at: null,
  read_at: null,
  archived_at: null,
  deliveries: [],
  ...fields,
})

const story = (fields: Partial<DeliveryStory> = {}): DeliveryStory => ({
  id: 'd1',
  event_id: 'e1',
  event_type: 'reservation_created',
  notification: null,
  user: null,
  user_email: '',
  user_name: '',
  business: 'b1',
  business_name: 'Fade Prishtina',
  reservation: 'r1',
  route: 'email',
  kind: 'confirmation',
  address: 'ana@example.com',
  state: 'queued',
  cause: 'customer',
  reason: '',
  attempt: 0,
  max_attempts: 8,
  next_attempt_at: AT,
  last_error: '',
  message_id: '',
  created_at: AT,
  settled_at: null,
  attempts: [],
  ...fields,
})

describe('how far an event came', () => {
  it('takes the furthest that is known', () => {
    expect(inboxStateOf(told('A'))).toBe('queued')
    expect(inboxStateOf(told('A', { acked_at: AT }))).toBe('acked')
    expect(inboxStateOf(told('A', { seen_at: AT }))).toBe('seen')
    expect(inboxStateOf(told('A', { acked_at: AT, seen_at: AT, read_at: AT }))).toBe('read')
    expect(inboxStateOf(told('A', { notification: '' }))).toBe('none')
  })

  it('says who read it first, and who has not got it last', () => {
    expect(
      peopleInWords([
        told('Ana'),
        told('Bo', { read_at: AT }),
        told('Cy', { seen_at: AT }),
        told('Di', { read_at: AT }),
      ]),
    ).toEqual(['Read by Bo and Di.', 'Seen, but not read, by Cy.', 'Not yet received by Ana.'])
  })

  it('names no more than a few', () => {
    const many = Array.from({ length: 40 }, (_, i) => told(`P${i}`, { read_at: AT }))
    expect(peopleInWords(many)).toEqual(['Read by P0, P1, P2, P3, and 36 others.'])
  })
})

describe('why', () => {
  it('reads the parameter of a cause', () => {
    expect(causeInWords('unseen:15')).toBe('Leaves if they have not seen it within 15 min.')
    expect(causeInWords('reminder:1440')).toBe('Leaves 1 d before the appointment.')
    expect(causeInWords('digest:hourly')).toBe('Belongs to their hourly digest.')
  })

  it('shows what it does not know as it is', () => {
    expect(causeInWords('new_cause')).toBe('New cause')
    expect(reasonInWords('new_reason')).toBe('New reason')
  })
})

describe('timeline', () => {
  const whats = (fields: Partial<DeliveryStory>) => timelineOf(story(fields)).map((step) => step.what)

  it('goes from the queue to the mail server, over what failed', () => {
    expect(
      whats({
        state: 'sent',
        attempt: 2,
        settled_at: AT,
        attempts: [{ attempt: 1, at: AT, error: '451 later', permanent: false }],
      }),
    ).toEqual(['Confirmation queued', 'Try 1 failed', 'Sent'])
  })

  it('ends in a dead letter', () => {
    expect(
      whats({ state: 'failed', attempts: [{ attempt: 1, at: AT, error: '550 nobody', permanent: true }] }),
    ).toEqual(['Confirmation queued', 'Try 1 was refused for good', 'Given up'])
  })

  it('says why it was canceled', () => {
    const steps = timelineOf(story({ state: 'canceled', reason: 'acked', settled_at: AT }))
    expect(steps.at(-1)).toMatchObject({ what: 'Canceled', detail: 'It reached them on an open page first.' })
  })

  it('ends with what is to come', () => {
    expect(timelineOf(story()).at(-1)).toMatchObject({ what: 'Leaves', coming: true })
    expect(timelineOf(story({ attempt: 3 })).at(-1)).toMatchObject({ what: 'Try 4 of 8' })
  })
})
