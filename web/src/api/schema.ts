/**
 * The shapes on the wire by their names. They are generated from docs/openapi.json, which is made from
 * the server's types: `npm run generate` writes openapi.ts. Instants are RFC 3339 text, money is a decimal
 * number, ids are UUIDs.
 */

import type { components } from './openapi'

type Schemas = components['schemas']

/** A shape without the fields it does not name: the server may add some, the pages must not use them. */
type Known<T> = T extends readonly (infer U)[]
  ? Known<U>[]
  : T extends object
    ? { [K in keyof T as string extends K ? never : K]: Known<T[K]> }
    : T

export type UserType = Schemas['UserType']
export type BusinessType = Schemas['BusinessType']
export type SubscriptionStatus = Schemas['SubscriptionStatus']
export type ReservationStatus = Schemas['ReservationStatus']
export type EventType = Schemas['EventType']

export type BusinessRef = Known<Schemas['BusinessRef']>
export type User = Known<Schemas['User']>
export type Business = Known<Schemas['Business']>
export type Reservation = Known<Schemas['Reservation']>
/** A reservation that was just made, with the token of its customer's link. */
export type BookedReservation = Known<Schemas['BookedReservation']>
export type Span = Known<Schemas['Span']>
export type Week = Known<Schemas['Week']>
export type DaysOff = Known<Schemas['DaysOff']>
export type Service = Known<Schemas['Service']>
export type Staff = Known<Schemas['Staff']>
export type BookingSettings = Known<Schemas['BookingSettings']>
/** What the public sees; chairs are ids of staff or, where there is none, the business's. */
export type BookingPage = Known<Schemas['BookingPage']>
export type PublicBusiness = Known<Schemas['PublicBusiness']>
export type PublicService = Known<Schemas['PublicService']>
export type PublicStaff = Known<Schemas['PublicStaff']>
export type Days = Known<Schemas['Days']>
export type Slots = Known<Schemas['Slots']>
export type Slot = Known<Schemas['Slot']>
export type Busy = Known<Schemas['Busy']>
export type FreeSlot = Known<Schemas['FreeSlot']>
export type Hold = Known<Schemas['Hold']>
export type Appointment = Known<Schemas['Appointment']>
export type OwnAnalytics = Known<Schemas['OwnAnalytics']>
export type DayBooking = Known<Schemas['DayBooking']>
export type Notification = Known<Schemas['Notification']>
export type NotificationPayload = Known<Schemas['NotificationPayload']>

/** The last 30 days against the 30 before; change_percent is null when there was nothing before. */
export type Trend = Known<Schemas['Trend']>
export type PlatformTotals = Known<Schemas['PlatformTotals']>
export type DashboardStats = Known<Schemas['DashboardStats']>
export type BusinessTotals = Known<Schemas['BusinessTotals']>
/** Months are of the form "2026-11", oldest first. */
export type Analytics = Known<Schemas['Analytics']>

/** Stats is there on the dashboard channel only. */
export type BusinessPayload = Known<Schemas['BusinessPayload']>
export type ReservationPayload = Known<Schemas['ReservationPayload']>
export type UserPayload = Known<Schemas['UserPayload']>
export type NotificationAddedPayload = Known<Schemas['NotificationAddedPayload']>
/** One entry by its id, or all whose seq is at most up_to; read_at is null when marked unread. */
export type NotificationReadPayload = Known<Schemas['NotificationReadPayload']>
export type NotificationArchivedPayload = Known<Schemas['NotificationArchivedPayload']>
export type ServicePayload = Known<Schemas['ServicePayload']>
export type StaffPayload = Known<Schemas['StaffPayload']>
export type SettingsPayload = Known<Schemas['SettingsPayload']>
/** Chair and start_time name an interval; with reload, read the slots again. */
export type SlotsPayload = Known<Schemas['SlotsPayload']>
export type Payloads = Known<Schemas['EventPayloads']>

/** An event as the log and the socket tell it: the seq-th of its channel. */
export type LogEvent<T extends EventType = EventType> = {
  [K in T]: Omit<Known<Schemas['Event']>, 'type' | 'payload'> & { type: K; payload: Payloads[K] }
}[T]

/** All servers at one moment, and one of them. Counters are since its start; buckets are cumulative. */
export type SystemView = Known<Schemas['SystemView']>
export type SystemNode = Known<Schemas['Node']>
export type Latency = Known<Schemas['Latency']>
export type LatencyBucket = Known<Schemas['LatencyBucket']>
export type SlowClient = Known<Schemas['SlowClient']>
export type ChannelHead = Known<Schemas['ChannelHead']>

export type Tokens = Known<Schemas['Tokens']>
/** As it should be; what stands between may answer in another way. */
export type Problem = Partial<Omit<Known<Schemas['Problem']>, 'errors' | 'code'>> & {
  code?: string
  errors?: { location?: string; message: string }[]
}

/** A mail or push, and what became of it. */
export type Delivery = Known<Schemas['Delivery']>
export type DeliveryStory = Known<Schemas['DeliveryStory']>
export type DeliveryStats = Known<Schemas['DeliveryStats']>
/** Who was told of an event, how, and whether it reached them. */
export type EventStory = Known<Schemas['EventStory']>
export type Told = Known<Schemas['Told']>
export type Preferences = Known<Schemas['Preferences']>
export type Rules = Known<Schemas['Rules']>
export type Rule = Known<Schemas['Rule']>
export type PushDevice = Known<Schemas['PushDevice']>
/** What a link that unsubscribes is about. */
export type MailSubscription = Known<Schemas['Subscription']>
export type MailTemplate = Known<Schemas['MailTemplate']>
export type MailPreview = Known<Schemas['MailPreview']>
export type StoredMail = Known<Schemas['StoredMail']>
export type StoredMailContent = Known<Schemas['StoredMailContent']>

/** Unread belongs to whoever asks: it is 0 where a conversation is told to all who take part. */
export type Conversation = Known<Schemas['Conversation']>
export type StartedConversation = Known<Schemas['StartedConversation']>
export type Participant = Known<Schemas['Participant']>
export type ChatMessage = Known<Schemas['ChatMessage']>
export type OnlineUsers = Known<Schemas['OnlineUsers']>
