import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Notification } from '@/api'
import { toastError } from '@/components/ui'
import { changeEntries, guessCount } from '../cache'

/**
 * What one does with entries. Each shows at once what it will come to; the server's event tells every
 * tab, this one included, and a failure reads everything again.
 */
function useChange<T>(
  send: (value: T) => Promise<unknown>,
  guess: (queryClient: QueryClient, value: T) => void,
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    onMutate: (value) => guess(queryClient, value),
    onError: (error) => {
      toastError(error)
      void queryClient.invalidateQueries({ queryKey: ['notifications'] })
    },
  })
}

const now = () => new Date().toISOString()

export const useMarkRead = () =>
  useChange(
    (entry: Notification) => api.post(`/api/notifications/${entry.id}/read/`),
    (queryClient, entry) => {
      if (entry.read_at !== null) return
      changeEntries(queryClient, { id: entry.id }, { read_at: now() })
      if (entry.archived_at === null) guessCount(queryClient, (n) => n - 1)
    },
  )

export const useMarkUnread = () =>
  useChange(
    (entry: Notification) => api.post(`/api/notifications/${entry.id}/unread/`),
    (queryClient, entry) => {
      if (entry.read_at === null) return
      changeEntries(queryClient, { id: entry.id }, { read_at: null })
      if (entry.archived_at === null) guessCount(queryClient, (n) => n + 1)
    },
  )

export const useArchive = () =>
  useChange(
    (entry: Notification) => api.post(`/api/notifications/${entry.id}/archive/`),
    (queryClient, entry) => {
      changeEntries(queryClient, { id: entry.id }, { archived_at: now() })
      if (entry.read_at === null && entry.archived_at === null) guessCount(queryClient, (n) => n - 1)
    },
  )

export const useMarkAllRead = () =>
  useChange<void>(
    () => api.post('/api/notifications/read_all/'),
    (queryClient) => {
      changeEntries(queryClient, { upTo: Number.MAX_SAFE_INTEGER, unread: true }, { read_at: now() })
      guessCount(queryClient, () => 0)
    },
  )

export const useClear = () =>
  useChange<void>(
    () => api.post('/api/notifications/clear/'),
    (queryClient) => {
      changeEntries(queryClient, { upTo: Number.MAX_SAFE_INTEGER }, { archived_at: now() })
      guessCount(queryClient, () => 0)
    },
  )

/**
 * Notes that everything up to a seq has been on the screen. It is no act of the person: a failure is kept from
 * them, and the next look says it again.
 */
export function useSee() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (upTo: number) => api.post('/api/notifications/seen/', { up_to: upTo }),
    onSuccess: (_, upTo) => changeEntries(queryClient, { upTo, unseen: true }, { seen_at: now() }),
  })
}
