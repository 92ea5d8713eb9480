import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { TalkPage } from '@/features/talk/components/talk-page'
import { adminRoute } from './admin'

const talkSearch = z.object({ search: z.string().optional().catch(undefined) })

export const messagesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/messages',
  validateSearch: talkSearch,
  component: Messages,
})

export const messagesOpenRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/messages/$id',
  validateSearch: talkSearch,
  component: MessagesOpen,
})

function Messages() {
  const { search = '' } = messagesRoute.useSearch()
  const navigate = messagesRoute.useNavigate()
  return (
    <TalkPage
      open={undefined}
      search={search}
      onOpen={(id) => id && void navigate({ to: '/messages/$id', params: { id }, search: true })}
      onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
    />
  )
}

function MessagesOpen() {
  const { id } = messagesOpenRoute.useParams()
  const { search = '' } = messagesOpenRoute.useSearch()
  const navigate = messagesOpenRoute.useNavigate()
  return (
    <TalkPage
      open={id}
      search={search}
      onOpen={(next) =>
        next
          ? void navigate({ params: { id: next }, search: true })
          : void navigate({ to: '/messages', search: true })
      }
      onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
    />
  )
}
