import { createRoute } from '@tanstack/react-router'
import { EmptyState, PageHeader } from '@/components/ui'
import { ownerRoute } from './owner'

export const myRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my',
  component: () => (
    <>
      <title>Overview · Fade</title>
      <PageHeader title="Overview" />
      <EmptyState title="This page is on its way" />
    </>
  ),
})
