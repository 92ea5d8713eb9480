import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Conversation } from '@/api'
import { keepConversation } from '../cache'

/** Notes that one has read a conversation up to a message. */
export function useRead(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (number: number) => api.post<Conversation>(`/api/conversations/${id}/read/`, { number }),
    onSuccess: (conversation) => keepConversation(queryClient, conversation),
  })
}
