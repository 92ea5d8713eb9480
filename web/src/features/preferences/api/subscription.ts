import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type MailSubscription, publicApi } from '@/api'

const path = (token: string) => `/api/unsubscribe/${encodeURIComponent(token)}/`

export const subscriptionQuery = (token: string) =>
  queryOptions({
    queryKey: ['subscription', token],
    queryFn: ({ signal }) => publicApi.get<MailSubscription>(path(token), { signal }),
  })

/** What a link in a mail can end. */
export const useSubscription = (token: string) => useQuery(subscriptionQuery(token))

/** Ends it; doing so again changes nothing. */
export function useUnsubscribe(token: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => publicApi.post<MailSubscription>(path(token)),
    onSuccess: (subscription) => queryClient.setQueryData(subscriptionQuery(token).queryKey, subscription),
  })
}
