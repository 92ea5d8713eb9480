import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { UsersPage } from '@/features/users/components/users-page'
import { adminRoute } from './admin'

export const usersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users',
  validateSearch: z.object({
    search: z.string().optional().catch(undefined),
    type: z.enum(['super_admin', 'business_owner']).optional().catch(undefined),
    status: z.enum(['active', 'inactive']).optional().catch(undefined),
    sort: z
      .string()
      .regex(/^-?(email|name|created_at|last_login)$/)
      .optional()
      .catch(undefined),
  }),
  component: Users,
})

function Users() {
  const shown = usersRoute.useSearch()
  const navigate = usersRoute.useNavigate()
  return <UsersPage shown={shown} onShow={(next) => void navigate({ search: next, replace: true })} />
}
