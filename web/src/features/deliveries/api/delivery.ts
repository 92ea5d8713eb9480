import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type DeliveryStory } from '@/api'

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'one', id],
    queryFn: ({ signal }) => api.get<DeliveryStory>(`/api/deliveries/${encodeURIComponent(id)}/`, { signal }),
    staleTime: 0,
    // What waits may leave at any moment; what is settled stays as it is.
    refetchInterval: ({ state }) => (state.data?.state === 'queued' ? 2_000 : false),
  })

export const useDelivery = (id: string) => useQuery(deliveryQuery(id))
