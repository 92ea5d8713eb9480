import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { adminRoute } from './admin'

export const systemRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/system',
  component: lazyRouteComponent(() => import('@/features/system/components/system-page'), 'SystemPage'),
})
