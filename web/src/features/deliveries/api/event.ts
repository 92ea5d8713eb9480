import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type EventStory } from '@/api'

export const eventQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'event', id],
    queryFn: ({ signal }) =>
      api.get<EventStory>(`/api/events/${encodeURIComponent(id)}/deliveries/`, { signal }),
    staleTime: 0,
    refetchInterval: 4_000,
  })

export const useEventStory = (id: string) => useQuery(eventQuery(id))
