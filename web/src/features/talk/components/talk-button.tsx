import { useRouter } from '@tanstack/react-router'
import { MessageSquare } from 'lucide-react'
import { useMe } from '@/api/me'
import { Button, toastError } from '@/components/ui'
import { type Topic, useStartConversation } from '../api/start'

/** Opens the conversation about a topic, and begins it if there is none. */
export function TalkButton({ topic, label }: { topic: Topic; label: string }) {
  const me = useMe()
  const router = useRouter()
  const start = useStartConversation()
  const open = () =>
    start.mutate(topic, {
      onSuccess: ({ id }) =>
        void router.navigate({ href: me.is_super_admin ? `/messages/${id}` : `/my/messages/${id}` }),
      onError: toastError,
    })
  return (
    <Button variant="secondary" size="sm" isPending={start.isPending} onPress={open}>
      <MessageSquare aria-hidden className="size-4" />
      {label}
    </Button>
  )
}
