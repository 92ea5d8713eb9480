import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/api'
import { systemQuery } from './system'

/** Ends somebody's sign-in: its sockets close on every server. */
export function useDisconnect() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (sessionId: string) => api.post(`/api/system/sessions/${sessionId}/disconnect/`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: systemQuery.queryKey }),
  })
}
