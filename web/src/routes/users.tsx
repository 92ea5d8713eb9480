import { createRoute } from '@tanstack/react-router'
import { EmptyState, PageHeader } from '@/components/ui'
import { adminRoute } from './admin'

export const usersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users',
  component: () => (
    <>
      <title>Users · Fade</title>
      <PageHeader title="Users" />
      <EmptyState title="This page is on its way" />
    </>
  ),
})
