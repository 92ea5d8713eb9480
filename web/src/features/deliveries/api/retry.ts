import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Delivery } from '@/api'

function useRetry<T, R>(send: (value: T) => Promise<R>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    // Also after a failure: somebody else may have sent it again meanwhile.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['deliveries'] }),
  })
}

/** Sends one that failed again. */
export const useRetryOne = () =>
  useRetry((id: string) => api.post<Delivery>(`/api/deliveries/${encodeURIComponent(id)}/retry/`))

/** Sends all that failed again. */
export const useRetryFailed = () =>
  useRetry<void, { retried: number }>(() => api.post('/api/deliveries/retry_failed/'))
