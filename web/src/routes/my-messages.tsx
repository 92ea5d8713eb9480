import { createRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { TalkPage } from '@/features/talk/components/talk-page'
import { ownerRoute } from './owner'

const talkSearch = z.object({ search: z.string().optional().catch(undefined) })

export const myMessagesRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/messages',
  validateSearch: talkSearch,
  component: MyMessages,
})

export const myMessagesOpenRoute = createRoute({
  getParentRoute: () => ownerRoute,
  path: '/my/messages/$id',
  validateSearch: talkSearch,
  component: MyMessagesOpen,
})

function MyMessages() {
  const { search = '' } = myMessagesRoute.useSearch()
  const navigate = myMessagesRoute.useNavigate()
  return (
    <TalkPage
      open={undefined}
      search={search}
      onOpen={(id) => id && void navigate({ to: '/my/messages/$id', params: { id }, search: true })}
      onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
    />
  )
}

function MyMessagesOpen() {
  const { id } = myMessagesOpenRoute.useParams()
  const { search = '' } = myMessagesOpenRoute.useSearch()
  const navigate = myMessagesOpenRoute.useNavigate()
  return (
    <TalkPage
      open={id}
      search={search}
      onOpen={(next) =>
        next
          ? void navigate({ params: { id: next }, search: true })
          : void navigate({ to: '/my/messages', search: true })
      }
      onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
    />
  )
}
