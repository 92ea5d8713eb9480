import { createRoute } from '@tanstack/react-router'
import { EmptyState, PageHeader } from '@/components/ui'
import { adminRoute } from './admin'

export const reservationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/reservations',
  component: () => (
    <>
      <title>Reservations · Fade</title>
      <PageHeader title="Reservations" />
      <EmptyState title="This page is on its way" />
    </>
  ),
})
