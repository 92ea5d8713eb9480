import type { Delivery, Told } from '@/api'
import type { Tone } from '@/components/ui'
import { formatDuration, formatWord } from '@/lib/format'

export const states = ['queued', 'sent', 'failed', 'canceled'] as const
export type State = (typeof states)[number]

export const routes = ['email', 'push'] as const
export type DeliveryRoute = (typeof routes)[number]

export const kinds = [
  'new_reservation',
  'received',
  'confirmation',
  'change',
  'cancellation',
  'reminder',
  'notice',
  'unseen',
  'digest',
  'test',
] as const
export type Kind = (typeof kinds)[number]

const kindWords: Record<Kind, string> = {
  new_reservation: 'New reservation',
  received: 'Request received',
  confirmation: 'Confirmation',
  change: 'Change',
  cancellation: 'Cancellation',
  reminder: 'Reminder',
  notice: 'Notice',
  unseen: 'Not seen in time',
  digest: 'Digest',
  test: 'Test',
}

/** What a delivery says; a newer server may know kinds that this page does not. */
export const kindInWords = (kind: string): string => kindWords[kind as Kind] ?? formatWord(kind)

export const routeInWords = (route: string): string =>
  ({ email: 'Email', push: 'Push', in_app: 'Inbox' })[route] ?? formatWord(route)

export const stateInWords = (state: string): string =>
  ({ queued: 'Waiting', sent: 'Sent', failed: 'Failed', canceled: 'Canceled' })[state] ?? formatWord(state)

export const toneOf = (state: string): Tone =>
  (({ queued: 'accent', sent: 'good', failed: 'bad' }) as Record<string, Tone>)[state] ?? 'neutral'

/** How long a number of minutes is: "15 min", "1 d". */
const minutes = (text: string) => formatDuration(Number(text) * 60)

/** Why a delivery exists, in a sentence. */
export function causeInWords(cause: string): string {
  const [name, parameter = ''] = cause.split(':')
  switch (name) {
    case 'business':
      return 'A new reservation always mails the business.'
    case 'customer':
      return 'The customer left this address.'
    case 'reminder':
      return `Leaves ${minutes(parameter)} before the appointment.`
    case 'always':
      return 'They want to hear of each at once.'
    case 'unseen':
      return `Leaves if they have not seen it within ${minutes(parameter)}.`
    case 'digest':
      return `Belongs to their ${parameter === 'hourly' ? 'hourly' : 'daily'} digest.`
    case 'test':
      return 'A super admin asked for a test.'
    default:
      return formatWord(cause)
  }
}

const reasons: Record<string, string> = {
  acked: 'It reached them on an open page first.',
  seen: 'They saw it in their inbox first.',
  read: 'They read it in their inbox first.',
  moved: 'The appointment was changed: another mail says how.',
  canceled: 'The appointment was canceled.',
  past: 'It would have come too late.',
  no_address: 'There was no address.',
  no_device: 'The device was removed.',
  switched_off: 'They switched this off in their preferences.',
  unsubscribed: 'They unsubscribed.',
}

/** Why a delivery was canceled, in a sentence. */
export const reasonInWords = (reason: string): string => reasons[reason] ?? formatWord(reason)

/** Whom a delivery is for, as well as it is known. */
export const recipientOf = (d: Delivery): string =>
  d.user_name || (d.kind === 'new_reservation' && d.business_name) || d.address || 'Nobody'

/** What became of the entry in somebody's inbox, furthest first. */
export type InboxState = 'read' | 'seen' | 'acked' | 'queued' | 'none'

export function inboxStateOf(told: Told): InboxState {
  if (!told.notification) return 'none'
  if (told.read_at) return 'read'
  if (told.seen_at) return 'seen'
  return told.acked_at ? 'acked' : 'queued'
}

const heads: Record<InboxState, string> = {
  read: 'Read by',
  seen: 'Seen, but not read, by',
  acked: 'On the screen, but not looked at, of',
  queued: 'Not yet received by',
  none: 'Not in the inbox of',
}

const list = new Intl.ListFormat(undefined, { type: 'conjunction' })

/** Who got how far, a sentence each: "Read by Arta and Luan." */
export function peopleInWords(people: readonly Told[]): string[] {
  return (Object.keys(heads) as InboxState[]).flatMap((state) => {
    const names = people.filter((p) => inboxStateOf(p) === state).map((p) => p.name || p.email)
    if (names.length === 0) return []
    const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} others`] : names
    return [`${heads[state]} ${list.format(shown)}.`]
  })
}
