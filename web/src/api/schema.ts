/**
 * The shapes on the wire, as the server's types tag them. Instants are RFC 3339 text, money is a decimal
 * number, ids are UUIDs.
 */

export type UserType = 'super_admin' | 'business_owner'
export type BusinessType = 'barbershop' | 'salon' | 'clinic' | 'other'
export type SubscriptionStatus = 'trial' | 'active' | 'suspended' | 'cancelled'
export type ReservationStatus = 'pending' | 'confirmed' | 'canceled' | 'completed'

export interface BusinessRef {
  id: string
  name: string
  subdomain: string
}

export interface User {
  id: string
  email: string
  first_name: string
  last_name: string
  phone: string
  user_type: UserType
  business: string | null
  business_details: BusinessRef | null
  is_super_admin: boolean
  is_business_owner: boolean
  is_active: boolean
  created_at: string
  updated_at: string
  last_login: string | null
  version: number
}

export interface Business {
  id: string
  name: string
  business_type: BusinessType
  subdomain: string
  full_domain: string
  email: string
  phone: string
  business_hours_start: string
  business_hours_end: string
  timezone: string
  email_from_name: string
  email_from_address: string
  admin_email: string
  primary_color: string
  logo_url: string
  is_active: boolean
  subscription_status: SubscriptionStatus
  subscription_expires: string | null
  created_at: string
  updated_at: string
  user_count: number
  reservation_count: number
  version: number
}

export interface Reservation {
  id: string
  business: string
  business_name: string
  business_subdomain: string
  service: string | null
  staff: string | null
  customer_name: string
  customer_email: string
  customer_phone: string
  start_time: string
  end_time: string
  status: ReservationStatus
  price: number
  notes: string
  created_at: string
  updated_at: string
  version: number
}

export interface NotificationPayload {
  business_id?: string
  business_name?: string
  reservation_id?: string
  user_id?: string
  status?: ReservationStatus
  start_time?: string
}

export interface Notification {
  id: string
  type: EventType
  message: string
  payload: NotificationPayload
  created_at: string
  seen_at: string | null
  read_at: string | null
  archived_at: string | null
  seq: number
}

/** The last 30 days against the 30 before; change_percent is null when there was nothing before. */
export interface Trend {
  last_30_days: number
  previous_30_days: number
  change_percent: number | null
}

export interface PlatformTotals {
  total_businesses: number
  active_businesses: number
  total_users: number
  total_reservations: number
  reservations_last_30_days: number
  businesses_by_status: { active: number; inactive: number }
  trends: { businesses: Trend; users: Trend; reservations: Trend }
}

export interface DashboardStats extends PlatformTotals {
  recent_businesses: Business[]
}

export interface BusinessTotals {
  total_users: number
  total_reservations: number
  pending_reservations: number
  confirmed_reservations: number
  completed_reservations: number
  canceled_reservations: number
  reservations_last_30_days: number
  reservations_last_7_days: number
  revenue: number
}

/** Months are of the form "2026-11", oldest first. */
export interface Analytics {
  businessGrowth: { month: string; businesses: number; reservations: number; revenue: number }[]
  businessTypes: { name: BusinessType; value: number; color: string }[]
  reservationTrends: {
    month: string
    confirmed: number
    pending: number
    canceled: number
    completed: number
  }[]
  totalRevenue: number
  monthlyGrowth: number | null
  activeBusinesses: number
  totalReservations: number
}

export type EventType =
  | 'business_created'
  | 'business_updated'
  | 'reservation_created'
  | 'reservation_updated'
  | 'reservation_canceled'
  | 'user_created'
  | 'user_updated'
  | 'notification'
  | 'notification_read'
  | 'notification_archived'

export interface BusinessPayload {
  business: Business
  message: string
  /** On the dashboard channel only. */
  stats?: PlatformTotals
}

export interface ReservationPayload {
  reservation: Reservation
  message: string
  business_stats: BusinessTotals
  /** On the dashboard channel only. */
  stats?: PlatformTotals
}

export interface UserPayload {
  user: User
  message: string
  stats?: PlatformTotals
}

export interface NotificationAddedPayload {
  notification: Notification
  unread_count: number
}

/** One entry by its id, or all whose seq is at most up_to; read_at is null when marked unread. */
export interface NotificationReadPayload {
  notification_id?: string
  up_to?: number
  read_at: string | null
  unread_count: number
}

export interface NotificationArchivedPayload {
  notification_id?: string
  up_to?: number
  archived_at: string
  unread_count: number
}

export interface Payloads {
  business_created: BusinessPayload
  business_updated: BusinessPayload
  reservation_created: ReservationPayload
  reservation_updated: ReservationPayload
  reservation_canceled: ReservationPayload
  user_created: UserPayload
  user_updated: UserPayload
  notification: NotificationAddedPayload
  notification_read: NotificationReadPayload
  notification_archived: NotificationArchivedPayload
}

/** An event as the log and the socket tell it: the seq-th of its channel. */
export type LogEvent<T extends EventType = EventType> = {
  [K in T]: {
    id: string
    type: K
    payload: Payloads[K]
    channel: string
    seq: number
    timestamp: string
  }
}[T]

export interface Tokens {
  access: string
  refresh: string
}

export interface Problem {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  errors?: { location?: string; message: string }[]
}
