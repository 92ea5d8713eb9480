import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { useMe } from '@/api/me'
import { CalendarPage } from '@/features/calendar/components/calendar-page'
import { ownerRoute } from './owner'

const calendarSearch = z.object({
  view: z.enum(['day', 'week']).optional().catch(undefined),
  date: z.iso.date().optional().catch(undefined),
  staff: z.string().optional().catch(undefined),
})

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
