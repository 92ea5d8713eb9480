import { createRoute } from '@tanstack/react-router'
import { AppointmentPage } from '@/features/book/components/appointment-page'
import { rootRoute } from './root'

/** A customer's own appointment, by their link. */
export const appointmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/appointment/$token',
  component: OwnAppointment,
})

function OwnAppointment() {
  const { token } = appointmentRoute.useParams()
  const navigate = appointmentRoute.useNavigate()
  return (
    <AppointmentPage
      token={token}
      onToken={(next) => void navigate({ to: '/appointment/$token', params: { token: next }, replace: true })}
    />
  )
}
