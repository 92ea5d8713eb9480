import type { BookingSettings } from '@/api'
import { minutesInWords, plural } from './amount'

export type Rules = Pick<
  BookingSettings,
  | 'lead_minutes'
  | 'horizon_days'
  | 'cancel_until_minutes'
  | 'needs_confirmation'
  | 'slot_minutes'
  | 'reminder_minutes'
>

const DAY = 24 * 60

/** What the rules mean, one sentence each. */
export function rulesInWords(rules: Rules): string[] {
  return [window(rules), step(rules), confirmation(rules), changes(rules), reminding(rules)]
}

/** Whether the first start that customers may book is after the last day that they may book. */
export const nobodyCanBook = (rules: Rules): boolean => rules.lead_minutes >= (rules.horizon_days + 1) * DAY

function window(rules: Rules): string {
  const { lead_minutes: lead, horizon_days: horizon } = rules
  if (nobodyCanBook(rules)) {
    return `Customers cannot book at all: ${minutesInWords(lead)} from now is after the last day, which is ${plural(horizon, 'day')} ahead.`
  }
  const until = horizon === 1 ? 'tomorrow' : `${horizon} days ahead`
  return lead === 0
    ? `Customers can book from right now until ${until}.`
    : `Customers can book from ${minutesInWords(lead)} to ${horizon === 1 ? '1 day ahead' : until}.`
}

const step = (rules: Rules): string =>
  rules.slot_minutes === 60
    ? 'They choose among starts an hour apart.'
    : `They choose among starts ${minutesInWords(rules.slot_minutes)} apart.`

const confirmation = (rules: Rules): string =>
  rules.needs_confirmation
    ? 'A new booking waits until you confirm it; its time is kept meanwhile.'
    : 'A new booking is confirmed at once.'

const changes = (rules: Rules): string =>
  rules.cancel_until_minutes === 0
    ? 'They can move or cancel it by themselves until it begins.'
    : `They can move or cancel it by themselves until ${minutesInWords(rules.cancel_until_minutes)} before it begins.`

const reminding = ({ reminder_minutes: before }: Rules): string =>
  before.length === 0
    ? 'Nobody is reminded.'
    : `They are reminded by mail ${before.map(minutesInWords).join(' and ')} before it.`
