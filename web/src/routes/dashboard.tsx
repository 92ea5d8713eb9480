import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { adminRoute } from './admin'

export const dashboardRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/dashboard',
  component: lazyRouteComponent(
    () => import('@/features/dashboard/components/dashboard-page'),
    'DashboardPage',
  ),
})
