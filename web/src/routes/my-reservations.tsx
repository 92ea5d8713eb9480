import { createRoute } from '@tanstack/react-router'
import { EmptyState, PageHeader } from '@/components/ui'
import { ownerRoute } from './owner'

export const myReservationsRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/reservations',
  component: () => (
    <>
      <title>Reservations · Fade</title>
      <PageHeader title="Reservations" />
      <EmptyState title="This page is on its way" />
    </>
  ),
})
