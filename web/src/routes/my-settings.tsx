import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { useMe } from '@/api/me'
import { settingsSearch } from '@/features/catalogue/search'
import { ownerRoute } from './owner'

export const mySettingsRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/settings',
  validateSearch: settingsSearch,
  component: MySettings,
})

const SettingsPage = lazyRouteComponent(
  () => import('@/features/catalogue/components/settings-page'),
  'SettingsPage',
)

function MySettings() {
  const own = useMe().business_details
  const navigate = mySettingsRoute.useNavigate()
  const shown = mySettingsRoute.useSearch()
  if (!own) return null
  return (
    <SettingsPage
      business={own.id}
      own={own}
      shown={shown}
      onShow={(search) => void navigate({ search, replace: true })}
    />
  )
}
