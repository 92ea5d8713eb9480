import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { BookPage } from '@/features/book/components/book-page'
import { rootRoute } from './root'

export const bookSearch = z.object({
  service: z.string().optional().catch(undefined),
  staff: z.string().optional().catch(undefined),
  date: z.iso.date().optional().catch(undefined),
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
  return (
    <BookPage
      key={subdomain}
      subdomain={subdomain}
      search={bookRoute.useSearch()}
      onSearch={(search) => void navigate({ search, replace: true, resetScroll: false })}
      onBooked={(token) => void navigate({ to: '/appointment/$token', params: { token } })}
    />
  )
}
