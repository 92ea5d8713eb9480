import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type BookingPage, positionOf, type Slots } from '@/api'
import { daysKey } from './api/days'
import { bookKey } from './api/page'
import { slotsKey } from './api/slots'
import { Feed, patchDay } from './feed'

/** The counts of a month are read again, but not by all open pages in the same moment, and not at every change. */
const COUNTS_AFTER = 2_000
const COUNTS_SPREAD = 4_000
const RELOAD_SPREAD = 1_500

function listen(queryClient: QueryClient, subdomain: string) {
  let counts: ReturnType<typeof setTimeout> | undefined
  let reload: ReturnType<typeof setTimeout> | undefined
  return {
    changed: (event: Parameters<typeof patchDay>[1]) => {
      queryClient.setQueriesData<Slots>(
        { queryKey: slotsKey(subdomain) },
        (day) => day && patchDay(day, event),
      )
      counts ??= setTimeout(
        () => {
          counts = undefined
          void queryClient.invalidateQueries({ queryKey: daysKey(subdomain) })
        },
        COUNTS_AFTER + Math.random() * COUNTS_SPREAD,
      )
    },
    reload: () => {
      reload ??= setTimeout(() => {
        reload = undefined
        void queryClient.invalidateQueries({ queryKey: bookKey(subdomain) })
      }, Math.random() * RELOAD_SPREAD)
    },
    stop: () => {
      clearTimeout(counts)
      clearTimeout(reload)
    },
  }
}

/** Follows the business's free and taken times for as long as the page is open. */
export function useFeed(page: BookingPage | undefined): Feed | undefined {
  const queryClient = useQueryClient()
  const [feed, setFeed] = useState<Feed>()
  const id = page?.business.id
  const subdomain = page?.business.subdomain
  // Where the first answer was read: later ones of the same page follow from the feed itself.
  const [since, setSince] = useState<string>()
  if (page && since === undefined) {
    const at = positionOf(page, `slots:${page.business.id}`)
    if (at) setSince(`${at.channel}=${at.epoch}:${at.seq}`)
  }
  useEffect(() => {
    if (!id || !subdomain || !since) return
    const listener = listen(queryClient, subdomain)
    const made = new Feed(`slots:${id}`, listener)
    made.start(since)
    setFeed(made)
    return () => {
      made.stop()
      listener.stop()
      // Nobody keeps the days up to date from here on.
      queryClient.removeQueries({ queryKey: slotsKey(subdomain) })
    }
  }, [queryClient, id, subdomain, since])
  return feed
}
