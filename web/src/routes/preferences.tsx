import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from './app'

/** How whoever is signed in hears of events. */
export const preferencesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/preferences',
  component: Preferences,
})

const PreferencesPage = lazyRouteComponent(
  () => import('@/features/preferences/components/preferences-page'),
  'PreferencesPage',
)

const PushDevices = lazyRouteComponent(() => import('@/features/push/components/push-devices'), 'PushDevices')

function Preferences() {
  return (
    <PreferencesPage>
      <PushDevices />
    </PreferencesPage>
  )
}
