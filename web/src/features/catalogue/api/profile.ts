import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type BookingPage, type Business, type BusinessRef, type Week } from '@/api'
import { everyDay } from '../week'

/** What the settings need to know of the business itself. */
export interface Profile {
  name: string
  subdomain: string
  timezone: string
  /** Known to be switched off. */
  inactive?: boolean
  /** When it is open by its profile alone; undefined where only the hours of the settings can be seen. */
  hours: Week | undefined
}

const getProfile = async (id: string, signal: AbortSignal): Promise<Profile> => {
  const business = await api.get<Business>(`/api/businesses/${id}/`, { signal })
  return {
    name: business.name,
    subdomain: business.subdomain,
    timezone: business.timezone,
    inactive: !business.is_active,
    hours: everyDay({ start: business.business_hours_start, end: business.business_hours_end }),
  }
}

/** Owners cannot read their business as super admins do, but its booking page, which has the hours that hold. */
const getOwnProfile = async (own: BusinessRef, signal: AbortSignal): Promise<Profile> => {
  const page = await api.get<BookingPage>(`/api/book/${own.subdomain}/`, { signal })
  return { ...own, hours: page.hours }
}

export const profileKey = (business: string) => ['catalogue', business, 'profile'] as const

const profileQuery = (business: string, own: BusinessRef | null) =>
  queryOptions({
    queryKey: profileKey(business),
    queryFn: ({ signal }) => (own ? getOwnProfile(own, signal) : getProfile(business, signal)),
    staleTime: 0,
  })

/** `own` is the business of an owner; null for a super admin. */
export const useProfile = (business: string, own: BusinessRef | null) => useQuery(profileQuery(business, own))
