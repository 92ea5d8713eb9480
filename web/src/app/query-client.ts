import { notifyManager, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, type Position } from '@/api'
import { landedPositions } from '@/live'

/** How often the pages are drawn at most while events come by the hundred. */
const FRAME = 16

/** Draws once for all that changed within a frame. Not by requestAnimationFrame: it rests in hidden tabs. */
export function drawTogether(): void {
  let waiting: (() => void)[] = []
  notifyManager.setScheduler((draw) => {
    if (waiting.push(draw) > 1) return
    setTimeout(() => {
      const now = waiting
      waiting = []
      for (const each of now) each()
    }, FRAME)
  })
}

/**
 * The one store of server data. What live events keep up to date sets its own staleTime to infinity; the
 * rest is read again when it is shown and older than half a minute.
 */
export function makeQueryClient(onLanded: (positions: Position[]) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      // Runs right after the answer is in the cache, so that events it misses can be put on top of it.
      onSuccess: (data, query) => onLanded(landedPositions(data, query)),
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // Browsers are wrong about being offline often enough: ask, and say so if it fails.
        networkMode: 'always',
        retry: (failures, error) => error instanceof ApiError && error.transient && failures < 2,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
