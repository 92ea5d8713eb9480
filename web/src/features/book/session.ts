import { randomId } from '@/api'

const KEY = 'fade:booking-session'

/** The secret of this page's holds. It lives as long as the tab, so that a reload keeps the hold. */
export function bookingSession(): string {
  try {
    const known = sessionStorage.getItem(KEY)
    if (known) return known
    const made = randomId()
    sessionStorage.setItem(KEY, made)
    return made
  } catch {
    return fallback // storage is switched off: a reload then makes another one
  }
}

const fallback = randomId()

export const sessionHeader = () => ({ 'Booking-Session': bookingSession() })
