import { useQuery } from '@tanstack/react-query'
import { Store } from 'lucide-react'
import { ApiError } from '@/api'
import { PageTitle } from '@/components/page-title'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui'
import { bookingPageQuery } from '../api/page'
import { useFeed } from '../use-feed'
import { Booking, type BookSearch, type Navigation } from './booking'
import { BrandFrame } from './brand-frame'

interface Props extends Navigation {
  subdomain: string
  search: BookSearch
}

/** A business's booking page. */
export function BookPage({ subdomain, ...booking }: Props) {
  const { data: page, error, refetch } = useQuery(bookingPageQuery(subdomain))
  const feed = useFeed(page)
  // A business may be switched off while its page is open.
  if (error && (!page || missing(error))) return <NoPage error={error} onRetry={() => void refetch()} />
  if (!page) return <Loading />
  return (
    <BrandFrame business={page.business}>
      <PageTitle>{`Book at ${page.business.name}`}</PageTitle>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">Book an appointment</h1>
      <Booking page={page} feed={feed} {...booking} />
    </BrandFrame>
  )
}

const missing = (error: unknown) =>
  error instanceof ApiError && (error.status === 404 || error.status === 409)

function NoPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <PageTitle>Book</PageTitle>
      {missing(error) ? (
        <EmptyState icon={<Store />} title="Nobody takes bookings here">
          The address may be mistyped, or the business takes no bookings at the moment.
        </EmptyState>
      ) : (
        <ErrorState error={error} onRetry={onRetry} />
      )}
    </main>
  )
}

function Loading() {
  return (
    <main aria-busy className="mx-auto flex w-full max-w-5xl flex-col gap-4 px-4 py-10 sm:px-6">
      <Skeleton className="h-10 w-64" />
      <Skeleton className="h-20" />
      <Skeleton className="h-20" />
      <Skeleton className="h-64" />
    </main>
  )
}
