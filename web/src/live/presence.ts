import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, type OnlineUsers } from '@/api'
import { useLiveStatus, useSignal } from './live'

/** Who is online, by id, and since when. */
type Online = Record<string, string>

async function getPresence(signal: AbortSignal): Promise<Online> {
  const { online } = await api.get<OnlineUsers>('/api/presence/', { signal })
  return Object.fromEntries(online.map(({ user, since }) => [user, since]))
}

/** Signals keep it up to date; as they may be lost, it is read again now and then. */
const presenceQuery = queryOptions({
  queryKey: ['presence'],
  queryFn: ({ signal }) => getPresence(signal),
  staleTime: 60_000,
  refetchInterval: 60_000,
})

/** Keeps who is online up to date while the component is there, once for the whole page. */
export function useFollowPresence(): void {
  const queryClient = useQueryClient()
  const { status } = useLiveStatus()
  useSignal((signal) => {
    if (signal.type !== 'presence') return
    queryClient.setQueryData(presenceQuery.queryKey, (online) => {
      if (!online) return online
      const next = { ...online }
      for (const { user, online: is, at } of signal.payload.changes) {
        if (is) next[user] ??= at
        else delete next[user]
      }
      return next
    })
  })
  // What happened while there was no connection, nobody has told.
  const live = status.state === 'live'
  useEffect(() => {
    if (live) void queryClient.invalidateQueries({ queryKey: presenceQuery.queryKey })
  }, [live, queryClient])
}

/** Tells whether somebody is online; undefined until it is known. */
export function useOnline(): (user: string) => boolean | undefined {
  const { data } = useQuery(presenceQuery)
  return (user) => data && user in data
}
