import { createRoute } from '@tanstack/react-router'
import { EmptyState, PageHeader } from '@/components/ui'
import { adminRoute } from './admin'

export const businessesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/businesses',
  component: () => (
    <>
      <title>Businesses · Fade</title>
      <PageHeader title="Businesses" />
      <EmptyState title="This page is on its way" />
    </>
  ),
})
