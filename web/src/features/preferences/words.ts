import type { Rule, Rules } from '@/api'
import { formatWord } from '@/lib/format'
import type { Choices } from './choices'

const types: Record<string, [name: string, about: string]> = {
  business_created: ['New business', 'A business joins the platform.'],
  business_updated: ['Changed business', 'A business is changed, activated or deactivated.'],
  reservation_created: ['New reservation', 'Somebody books.'],
  reservation_updated: ['Changed reservation', 'It moves, is confirmed, or its service changes.'],
  reservation_canceled: ['Canceled reservation', 'A customer or a colleague cancels.'],
  message_created: ['New message', 'Somebody writes in a conversation.'],
}

export const typeInWords = (type: string): string => types[type]?.[0] ?? formatWord(type)
export const aboutType = (type: string): string => types[type]?.[1] ?? ''

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

/** "15 minutes", "1 hour", "1 hour 30 minutes", "2 days". */
export function minutesInWords(minutes: number): string {
  if (minutes % 1440 === 0 && minutes > 0) return plural(minutes / 1440, 'day')
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return plural(rest, 'minute')
  return rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`
}

/** The same, for a small control: "15 min", "2 h", "1 day". */
export function minutesShort(minutes: number): string {
  if (minutes % 1440 === 0 && minutes > 0) return plural(minutes / 1440, 'day')
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  return [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].filter(Boolean).join(' ')
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** What a rule of one route means; undefined where it says never. */
function clause(rule: Rule, route: string): string | undefined {
  switch (rule.when) {
    case 'always':
      return `${route} at once`
    case 'unseen':
      return `${route} if you have not seen it within ${minutesInWords(rule.minutes ?? 0)}`
    case 'digest':
      return `${route} in the digest`
    default:
      return undefined
  }
}

/** "in your inbox at once, and by email if …". */
export function rulesInWords(rules: Rules): string {
  const clauses = [
    clause(rules.in_app, 'in your inbox'),
    clause(rules.email, 'by email'),
    clause(rules.push, 'by push'),
  ].filter((text) => text !== undefined)
  return clauses.length === 0 ? 'you are not told' : list.format(clauses)
}

/** What will happen, a sentence each; types with the same rules share one. */
export function choicesInWords(choices: Choices): string[] {
  const groups = new Map<string, string[]>()
  for (const [type, rules] of Object.entries(choices.rules)) {
    const words = rulesInWords(rules)
    groups.set(words, [...(groups.get(words) ?? []), typeInWords(type)])
  }
  const sentences = [...groups].map(
    ([words, names]) => `${list.format(names.map((name, i) => (i === 0 ? name : lower(name))))}: ${words}.`,
  )
  const rules = Object.values(choices.rules)
  if (rules.some(({ email }) => email.when === 'digest')) {
    sentences.push(
      choices.digest === 'hourly'
        ? 'The digest leaves every full hour, if there is anything in it.'
        : `The digest leaves every day at ${choices.digest_at}, if there is anything in it.`,
    )
  }
  const { quiet_start: start, quiet_end: end } = choices
  const sends = rules.some(({ email, push }) => email.when !== 'never' || push.when !== 'never')
  if (start && end && start !== end && sends) {
    sentences.push(
      `From ${start} to ${end}${end < start ? ' the next morning' : ''} in ${zoneInWords(choices.timezone)} mails and pushes wait; at ${end} they leave, unless you have seen everything by then.`,
    )
  }
  return sentences
}

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** "Europe/Belgrade" as "Europe, Belgrade". */
export const zoneInWords = (zone: string): string => zone.replaceAll('_', ' ').replace('/', ', ')
