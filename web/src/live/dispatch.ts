import type { QueryClient } from '@tanstack/react-query'
import type { EventType, LogEvent } from '@/api'

/** Patches the cached queries of one feature with an event. Must be harmless when told an event twice. */
export type Handler<T extends EventType = EventType> = (event: LogEvent<T>, queryClient: QueryClient) => void

/** What a feature does with the events it cares for; a feature's live.ts exports one. */
export type Handlers = { [T in EventType]?: Handler<T> }

/** Tells every event to every feature that asked for its type. */
export class Dispatcher {
  private readonly features: Handlers[]
  private readonly queryClient: QueryClient

  constructor(queryClient: QueryClient, features: Handlers[]) {
    this.queryClient = queryClient
    this.features = features
  }

  dispatch(event: LogEvent): void {
    for (const feature of this.features) {
      const handler = feature[event.type] as Handler | undefined
      try {
        handler?.(event, this.queryClient)
      } catch (error) {
        // One feature's fault must not cost the others their event. What it shows may be old now.
        console.error('Live: an event could not be applied', event, error)
        void this.queryClient.invalidateQueries()
      }
    }
  }
}
