import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { api, type ChatMessage, messageOf, randomId } from '@/api'
import { addMessage } from '../cache'

/** A message on its way. Its key makes it arrive once, however often it is sent. */
export interface Outgoing {
  key: string
  body: string
  /** The newest message there was when it was written. */
  after: number
  error?: string
}

/** Sends messages of a conversation in their order, and keeps those that did not get through for another try. */
export function useSend(id: string) {
  const queryClient = useQueryClient()
  const [outgoing, setOutgoing] = useState<Outgoing[]>([])
  const attempt = useCallback(
    async ({ key, body, after }: Outgoing) => {
      setOutgoing((all) => all.map((m) => (m.key === key ? { key, body, after } : m)))
      try {
        const message = await api.post<ChatMessage>(
          `/api/conversations/${id}/messages/`,
          { body },
          { idempotencyKey: key },
        )
        addMessage(queryClient, message)
        setOutgoing((all) => all.filter((m) => m.key !== key))
      } catch (error) {
        setOutgoing((all) =>
          all.map((m) => (m.key === key ? { key, body, after, error: messageOf(error) } : m)),
        )
      }
    },
    [id, queryClient],
  )
  const send = (body: string, after: number) => {
    const message = { key: randomId(), body, after }
    setOutgoing((all) => [...all, message])
    void attempt(message)
  }
  const discard = (key: string) => setOutgoing((all) => all.filter((m) => m.key !== key))
  return { outgoing, send, retry: attempt, discard }
}
