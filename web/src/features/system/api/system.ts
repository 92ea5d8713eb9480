import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type SystemView } from '@/api'
import { remember, type Sample } from '../history'

/** How the servers are doing, and what they said in the last minutes: rates come of two answers. */
export interface System {
  view: SystemView
  samples: Sample[]
}

const systemKey = ['system'] as const

/** Every server renews its figures that often, in ms. */
const POLL = 2_000

export const systemQuery = queryOptions({
  queryKey: systemKey,
  queryFn: async ({ client, signal }): Promise<System> => {
    const view = await api.get<SystemView>('/api/system/', { signal })
    const before = client.getQueryData<System>(systemKey)
    return { view, samples: remember(before?.samples ?? [], view) }
  },
  staleTime: 0,
  // Figures are new with every answer: comparing them would find nothing to share.
  structuralSharing: false,
  // Rests while the tab is hidden, and asks at once when it is shown again.
  refetchInterval: POLL,
  refetchOnWindowFocus: true,
})

export const useSystem = () => useQuery(systemQuery)
