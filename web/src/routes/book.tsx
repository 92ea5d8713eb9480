import { createRoute, useRouter } from '@tanstack/react-router'
import { z } from 'zod'
import { BookPage } from '@/features/book/components/book-page'
import { rootRoute } from './root'

export const bookSearch = z.object({
  service: z.string().optional().catch(undefined),
  staff: z.string().optional().catch(undefined),
  date: z.iso.date().optional().catch(undefined),
  time: z.iso.datetime().optional().catch(undefined),
})

/** A business's booking page, for anybody. */
export const bookRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/book/$subdomain',
  validateSearch: bookSearch,
  component: Book,
})

function Book() {
  const { subdomain } = bookRoute.useParams()
  const navigate = bookRoute.useNavigate()
  const { history } = useRouter()
  return (
    <BookPage
      key={subdomain}
      subdomain={subdomain}
      search={bookRoute.useSearch()}
      onSearch={(search, isStep = false) => void navigate({ search, replace: !isStep, resetScroll: isStep })}
      onBack={() => history.back()}
      onBooked={(token) => void navigate({ to: '/appointment/$token', params: { token }, replace: true })}
    />
  )
}
