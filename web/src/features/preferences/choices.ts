import type { Rule, Rules } from '@/api'
import type { OwnPreferences, PreferencesChange } from './api/preferences'

/** What a person chooses: every type of event has its rules, whether they are the defaults or not. */
export interface Choices {
  timezone: string
  quiet_start: string | null
  quiet_end: string | null
  digest: string
  digest_at: string
  rules: Record<string, Rules>
}

export const routes = ['in_app', 'email', 'push'] as const satisfies readonly (keyof Rules)[]
export type RuleRoute = (typeof routes)[number]

export function choicesOf(p: OwnPreferences): Choices {
  const { timezone, quiet_start, quiet_end, digest, digest_at } = p
  const rules: Record<string, Rules> = {}
  for (const type of p.event_types) {
    const own = p.rules[type] ?? p.defaults[type]
    if (own) rules[type] = own
  }
  return { timezone, quiet_start, quiet_end, digest, digest_at, rules }
}

export const sameRule = (a: Rule | undefined, b: Rule | undefined): boolean =>
  a?.when === b?.when && (a?.when !== 'unseen' || a.minutes === b?.minutes)

export function same(a: Choices, b: Choices): boolean {
  return Object.keys(changeOf(a, b)).length === 0
}

/** What is to be sent so that one set of choices becomes another. */
export function changeOf(from: Choices, to: Choices): Omit<PreferencesChange, 'version'> {
  const change: Omit<PreferencesChange, 'version'> = {}
  if (to.timezone !== from.timezone) change.timezone = to.timezone
  if (to.digest !== from.digest) change.digest = to.digest
  if (to.digest_at !== from.digest_at) change.digest_at = to.digest_at
  if (to.quiet_start !== from.quiet_start || to.quiet_end !== from.quiet_end) {
    change.quiet_start = to.quiet_start
    change.quiet_end = to.quiet_end
  }
  const rules: NonNullable<PreferencesChange['rules']> = {}
  for (const [type, own] of Object.entries(to.rules)) {
    for (const route of routes) {
      if (!sameRule(own[route], from.rules[type]?.[route]))
        rules[type] = { ...rules[type], [route]: own[route] }
    }
  }
  if (Object.keys(rules).length > 0) change.rules = rules
  return change
}

export const withRule = (choices: Choices, type: string, route: RuleRoute, rule: Rule): Choices => {
  const own = choices.rules[type]
  return own ? { ...choices, rules: { ...choices.rules, [type]: { ...own, [route]: rule } } } : choices
}

const CLOCK = /^\d\d:\d\d$/

/** What keeps choices from being saved; undefined for nothing. */
export function problemOf(choices: Choices): string | undefined {
  const { quiet_start: start, quiet_end: end } = choices
  if (start !== null && !(CLOCK.test(start) && CLOCK.test(end ?? '')))
    return 'Quiet hours need a start and an end.'
  if (!CLOCK.test(choices.digest_at)) return 'The daily digest needs a time.'
  return undefined
}
