import { useMutation } from '@tanstack/react-query'
import { api, type StartedConversation } from '@/api'

/** What a conversation is to be about: an owner who names neither means the platform. */
export interface Topic {
  business?: string
  reservation?: string
}

/** Begins a conversation, or finds the one that is there. */
export const useStartConversation = () =>
  useMutation({ mutationFn: (topic: Topic) => api.post<StartedConversation>('/api/conversations/', topic) })
