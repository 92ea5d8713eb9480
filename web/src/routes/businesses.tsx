import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { BusinessesPage } from '@/features/businesses/components/businesses-page'
import { TalkButton } from '@/features/talk/components/talk-button'
import { adminRoute } from './admin'

export const businessesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/businesses',
  validateSearch: z.object({
    search: z.string().optional().catch(undefined),
    status: z.enum(['active', 'inactive']).optional().catch(undefined),
    type: z.enum(['barbershop', 'salon', 'clinic', 'other']).optional().catch(undefined),
    sort: z
      .string()
      .regex(/^-?(name|created_at|reservation_count|user_count)$/)
      .optional()
      .catch(undefined),
    open: z.uuid().optional().catch(undefined),
  }),
  component: Businesses,
})

function Businesses() {
  const { open, ...shown } = businessesRoute.useSearch()
  const navigate = businessesRoute.useNavigate()
  return (
    <BusinessesPage
      shown={shown}
      onShow={(next) => void navigate({ search: next, replace: true })}
      open={open}
      onOpen={(id) => void navigate({ search: { ...shown, open: id } })}
      actions={open && <TalkButton topic={{ business: open }} label="Message this business" />}
    />
  )
}
