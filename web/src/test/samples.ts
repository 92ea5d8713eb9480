import type { Business, LogEvent, Notification, PlatformTotals, Reservation, User } from '@/api'

/** Rows and events for tests; each takes what the test cares for. */

export const business = (fields: Partial<Business> = {}): Business => ({
  id: 'b1',
  name: 'Fade Prishtina',
  business_type: 'barbershop',
  subdomain: 'fade',
  full_domain: 'fade.example.com',
  email: 'hello@fade.example.com',
  phone: '',
  business_hours_start: '09:00',
  business_hours_end: '18:00',
  timezone: 'UTC',
  email_from_name: '',
  email_from_address: '',
  admin_email: '',
  primary_color: '#4f46e5',
  logo_url: '',
  is_active: true,
  subscription_status: 'trial',
  subscription_expires: null,
  created_at: '2026-11-22T18:30:00Z',
  updated_at: '2026-11-22T18:30:00Z',
  user_count: 1,
  reservation_count: 0,
  version: 1,
  ...fields,
})

export const reservation = (fields: Partial<Reservation> = {}): Reservation => ({
  id: 'r1',
  business: 'b1',
  business_name: 'Fade Prishtina',
  business_subdomain: 'fade',
  service: null,
  staff: null,
  customer_name: 'Arta',
  customer_email: 'arta@example.com',
  customer_phone: '',
  start_time: '2026-11-23T10:00:00Z',
  end_time: '2026-11-23T10:30:00Z',
  status: 'pending',
  price: 15,
  notes: '',
  created_at: '2026-11-22T18:30:00Z',
  updated_at: '2026-11-22T18:30:00Z',
  version: 1,
  ...fields,
})

export const user = (fields: Partial<User> = {}): User => ({
  id: 'u1',
  email: 'admin@example.com',
  first_name: 'Ada',
  last_name: 'Admin',
  phone: '',
  user_type: 'super_admin',
  business: null,
  business_details: null,
  is_super_admin: true,
  is_business_owner: false,
  is_active: true,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  last_login: null,
  version: 1,
  ...fields,
})

export const notification = (fields: Partial<Notification> = {}): Notification => ({
  id: `n${fields.seq ?? 1}`,
  type: 'business_created',
  message: 'New business "Fade Prishtina" created',
  payload: { business_id: 'b1' },
  created_at: '2026-11-22T18:30:00Z',
  seen_at: null,
  read_at: null,
  archived_at: null,
  seq: 1,
  ...fields,
})

export const totals = (fields: Partial<PlatformTotals> = {}): PlatformTotals => ({
  total_businesses: 1,
  active_businesses: 1,
  total_users: 1,
  total_reservations: 0,
  reservations_last_30_days: 0,
  businesses_by_status: { active: 1, inactive: 0 },
  trends: {
    businesses: { last_30_days: 1, previous_30_days: 0, change_percent: null },
    users: { last_30_days: 1, previous_30_days: 0, change_percent: null },
    reservations: { last_30_days: 0, previous_30_days: 0, change_percent: null },
  },
  ...fields,
})

export const businessCreated = (seq: number, row: Partial<Business> = {}): LogEvent<'business_created'> => ({
  id: `e${seq}`,
  type: 'business_created',
  payload: {
    business: business(row),
    message: 'New business created',
    stats: totals({ total_businesses: seq }),
  },
  channel: 'dashboard',
  seq,
  timestamp: '2026-11-22T18:30:00Z',
})

/** A token with these claims; nobody checks its signature here. */
export const token = (claims: { sub?: string; exp?: number; n?: number }): string =>
  `e30.${btoa(JSON.stringify(claims)).replace(/=/g, '')}.x`
