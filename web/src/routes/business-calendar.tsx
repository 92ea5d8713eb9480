import { createRoute, Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { ErrorState, Skeleton } from '@/components/ui'
import { useBusiness } from '@/features/businesses/api/business'
import { CalendarPage } from '@/features/calendar/components/calendar-page'
import { calendarSearch } from '@/features/calendar/search'
import { adminRoute } from './admin'

export const businessCalendarRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/businesses/$id/calendar',
  validateSearch: calendarSearch,
  component: BusinessCalendar,
})

function BusinessCalendar() {
  const { id } = businessCalendarRoute.useParams()
  const search = businessCalendarRoute.useSearch()
  const navigate = businessCalendarRoute.useNavigate()
  const { data: business, error, refetch } = useBusiness(id)
  if (error && !business) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!business) return <Skeleton className="h-96" />
  return (
    <>
      <Link
        to="/businesses"
        search={{ open: id }}
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] font-medium text-ink-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Businesses
      </Link>
      <CalendarPage
        key={id}
        business={business}
        own={false}
        search={search}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    </>
  )
}
