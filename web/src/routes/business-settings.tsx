import { createRoute, Link, lazyRouteComponent } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { settingsSearch } from '@/features/catalogue/search'
import { adminRoute } from './admin'

export const businessSettingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/businesses/$id/settings',
  validateSearch: settingsSearch,
  component: BusinessSettings,
})

const SettingsPage = lazyRouteComponent(
  () => import('@/features/catalogue/components/settings-page'),
  'SettingsPage',
)

function BusinessSettings() {
  const { id } = businessSettingsRoute.useParams()
  const navigate = businessSettingsRoute.useNavigate()
  return (
    <SettingsPage
      key={id}
      business={id}
      own={null}
      shown={businessSettingsRoute.useSearch()}
      onShow={(search) => void navigate({ search, replace: true })}
    >
      <Link
        to="/businesses"
        search={{ open: id }}
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] font-medium text-ink-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Businesses
      </Link>
    </SettingsPage>
  )
}
