import { describe, expect, it } from 'vitest'
import type { Rules } from '@/api'
import type { OwnPreferences } from './api/preferences'
import { type Choices, changeOf, choicesOf, problemOf, same, withRule } from './choices'
import { choicesInWords, minutesInWords, rulesInWords } from './words'

const unseen: Rules = {
  in_app: { when: 'always' },
  email: { when: 'unseen', minutes: 15 },
  push: { when: 'unseen', minutes: 1 },
}

const saved: OwnPreferences = {
  timezone: 'Europe/Belgrade',
  quiet_start: null,
  quiet_end: null,
  digest: 'daily',
  digest_at: '08:00',
  rules: { reservation_created: { ...unseen, email: { when: 'never' } } },
  defaults: { reservation_created: unseen, reservation_canceled: unseen },
  event_types: ['reservation_created', 'reservation_canceled'],
  version: 3,
  updated_at: '2026-11-22T18:30:00Z',
}

const choices = choicesOf(saved)

describe('choices', () => {
  it('are the defaults where nothing was chosen', () => {
    expect(choices.rules.reservation_created?.email.when).toBe('never')
    expect(choices.rules.reservation_canceled).toEqual(unseen)
  })

  it('send only what is different', () => {
    const next = withRule(choices, 'reservation_canceled', 'push', { when: 'never' })
    expect(changeOf(choices, next)).toEqual({
      rules: { reservation_canceled: { push: { when: 'never' } } },
    })
    expect(changeOf(choices, { ...choices, quiet_start: '22:00', quiet_end: '07:00' })).toEqual({
      quiet_start: '22:00',
      quiet_end: '07:00',
    })
    expect(changeOf(choices, choices)).toEqual({})
  })

  it('are the same if only minutes differ that nobody waits for', () => {
    const always = withRule(choices, 'reservation_canceled', 'email', { when: 'always' })
    expect(
      same(always, withRule(choices, 'reservation_canceled', 'email', { when: 'always', minutes: 15 })),
    ).toBe(true)
    expect(
      same(choices, withRule(choices, 'reservation_canceled', 'email', { when: 'unseen', minutes: 30 })),
    ).toBe(false)
  })

  it('cannot be saved with half a time', () => {
    expect(problemOf(choices)).toBeUndefined()
    expect(problemOf({ ...choices, quiet_start: '22:00', quiet_end: '' })).toMatch(/start and an end/)
    expect(problemOf({ ...choices, digest_at: '' })).toMatch(/time/)
  })
})

describe('in words', () => {
  it('says minutes as a person does', () => {
    expect([1, 15, 60, 90, 480, 1440, 2880].map(minutesInWords)).toEqual([
      '1 minute',
      '15 minutes',
      '1 hour',
      '1 hour 30 minutes',
      '8 hours',
      '1 day',
      '2 days',
    ])
  })

  it('says what each route does', () => {
    expect(rulesInWords(unseen)).toBe(
      'in your inbox at once, by email if you have not seen it within 15 minutes, and by push if you have not seen it within 1 minute',
    )
    expect(
      rulesInWords({ in_app: { when: 'never' }, email: { when: 'never' }, push: { when: 'never' } }),
    ).toBe('you are not told')
  })

  it('joins what is alike', () => {
    const alike: Choices = {
      ...choices,
      rules: { reservation_created: unseen, reservation_canceled: unseen },
    }
    expect(choicesInWords(alike)).toHaveLength(1)
    expect(choicesInWords(alike)[0]).toMatch(/^New reservation and canceled reservation: in your inbox/)
  })

  it('speaks of digests and quiet hours only where they matter', () => {
    const digest = withRule(choices, 'reservation_created', 'email', { when: 'digest' })
    expect(choicesInWords(digest).at(-1)).toBe(
      'The digest leaves every day at 08:00, if there is anything in it.',
    )
    expect(choicesInWords({ ...choices, quiet_start: '22:00', quiet_end: '07:00' }).at(-1)).toMatch(
      /^From 22:00 to 07:00 the next morning in Europe, Belgrade/,
    )
    expect(choicesInWords(choices).join()).not.toMatch(/digest|22:00/)
  })
})
