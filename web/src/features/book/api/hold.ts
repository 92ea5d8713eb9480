import { useMutation } from '@tanstack/react-query'
import { type Hold, publicApi } from '@/api'
import { sessionHeader } from '../session'
import type { Wanted } from './days'

export const useHold = (subdomain: string) =>
  useMutation({
    mutationFn: ({ start, ...wanted }: Wanted & { start: string }) =>
      publicApi.post<Hold>(
        `/api/book/${encodeURIComponent(subdomain)}/holds/`,
        { ...wanted, start_time: start },
        { headers: sessionHeader() },
      ),
  })

/** Gives a hold back, also while the page is being left. One that is gone already is none of our business. */
export async function releaseHold(subdomain: string, id: string): Promise<void> {
  try {
    await publicApi.delete(`/api/book/${encodeURIComponent(subdomain)}/holds/${id}/`, {
      headers: sessionHeader(),
      keepalive: true,
    })
  } catch {
    // It ends by itself.
  }
}
