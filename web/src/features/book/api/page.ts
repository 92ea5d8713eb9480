import { queryOptions } from '@tanstack/react-query'
import { type BookingPage, publicApi } from '@/api'

export const bookKey = (subdomain: string) => ['book', subdomain] as const

const getPage = (subdomain: string, signal: AbortSignal) =>
  publicApi.get<BookingPage>(`/api/book/${encodeURIComponent(subdomain)}/`, { signal })

/** What may be booked at a business, and by which rules. */
export const bookingPageQuery = (subdomain: string) =>
  queryOptions({
    queryKey: [...bookKey(subdomain), 'page'],
    queryFn: ({ signal }) => getPage(subdomain, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false, // a copy would not know where in the log it stands
  })
