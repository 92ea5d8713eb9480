import { createRoute } from '@tanstack/react-router'
import { ReservationsPage } from '@/features/reservations/components/reservations-page'
import { TalkButton } from '@/features/talk/components/talk-button'
import { adminRoute } from './admin'
import { reservationSearch } from './reservation-search'

export const reservationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/reservations',
  validateSearch: reservationSearch,
  component: Reservations,
})

function Reservations() {
  const { open, ...shown } = reservationsRoute.useSearch()
  const navigate = reservationsRoute.useNavigate()
  return (
    <ReservationsPage
      everyBusiness={true}
      shown={shown}
      onShow={(next) => void navigate({ search: next, replace: true })}
      open={open}
      onOpen={(id) => void navigate({ search: { ...shown, open: id } })}
      actions={open && <TalkButton topic={{ reservation: open }} label="Discuss this reservation" />}
    />
  )
}
