import { createRoute } from '@tanstack/react-router'
import { useMe } from '@/api/me'
import { CalendarPage } from '@/features/calendar/components/calendar-page'
import { calendarSearch } from '@/features/calendar/search'
import { ownerRoute } from './owner'

export const myCalendarRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/calendar',
  validateSearch: calendarSearch,
  component: MyCalendar,
})

function MyCalendar() {
  const business = useMe().business_details
  const search = myCalendarRoute.useSearch()
  const navigate = myCalendarRoute.useNavigate()
  if (!business) return null
  return (
    <CalendarPage
      business={business}
      own
      search={search}
      onSearch={(search) => void navigate({ search, replace: true })}
    />
  )
}
