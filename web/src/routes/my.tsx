import { createRoute } from '@tanstack/react-router'
import { OverviewPage } from '@/features/owner/components/overview-page'
import { ownerRoute } from './owner'

export const myRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my',
  component: OverviewPage,
})
