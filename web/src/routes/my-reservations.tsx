import { createRoute } from '@tanstack/react-router'
import { ReservationsPage } from '@/features/reservations/components/reservations-page'
import { TalkButton } from '@/features/talk/components/talk-button'
import { ownerRoute } from './owner'
import { reservationSearch } from './reservation-search'

export const myReservationsRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/reservations',
  validateSearch: reservationSearch,
  component: MyReservations,
})

function MyReservations() {
  const { open, ...shown } = myReservationsRoute.useSearch()
  const navigate = myReservationsRoute.useNavigate()
  return (
    <ReservationsPage
      everyBusiness={false}
      shown={shown}
      onShow={(next) => void navigate({ search: next, replace: true })}
      open={open}
      onOpen={(id) => void navigate({ search: { ...shown, open: id } })}
      actions={open && <TalkButton topic={{ reservation: open }} label="Discuss this reservation" />}
    />
  )
}
