import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { session } from '@/api'
import { usePushKey } from './api/key'
import { useDevices } from './api/list'
import { join, lookHere, type Obstacle, obstacle, ours } from './device'

/**
 * How this browser stands: what keeps it from showing pushes, that the person denied them, that the server sends none,
 * or whether they are shown.
 */
export type DeviceState = Obstacle | 'denied' | 'unavailable' | 'off' | 'on'

const hereQuery = queryOptions({
  queryKey: ['push', 'here'],
  queryFn: lookHere,
  staleTime: 0,
  refetchOnWindowFocus: true,
})

/** This browser as a device that shows notifications, and the person's other ones. */
export function useDevice() {
  const queryClient = useQueryClient()
  const blocked = obstacle()
  const here = useQuery({ ...hereQuery, enabled: !blocked })
  const key = usePushKey()
  const devices = useDevices()

  useEffect(() => {
    if (blocked || !navigator.permissions) return
    let status: PermissionStatus | undefined
    const look = () => void queryClient.invalidateQueries({ queryKey: hereQuery.queryKey })
    navigator.permissions.query({ name: 'notifications' }).then(
      (found) => {
        status = found
        status.addEventListener('change', look)
      },
      () => undefined, // a browser that cannot say: the page looks again when it is focused
    )
    return () => status?.removeEventListener('change', look)
  }, [blocked, queryClient])

  const enable = useMutation({
    mutationFn: () => join(key.data ?? ''),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['push'] }),
  })

  const known = ours()
  const mine = devices.data?.find(
    ({ id }) => id === known?.id && known.user === session.userId && known.endpoint === here.data?.endpoint,
  )
  return {
    state: stateOf(blocked, here.data?.permission, key.data, mine !== undefined),
    /** The id of this browser among the devices. */
    current: mine?.id,
    devices,
    enable,
    /** Why it cannot be said how this browser stands. */
    error: here.error ?? key.error,
    retry: () => {
      void here.refetch()
      void key.refetch()
    },
  }
}

function stateOf(
  blocked: Obstacle | undefined,
  permission: NotificationPermission | undefined,
  key: string | undefined,
  known: boolean,
): DeviceState | undefined {
  if (blocked) return blocked
  if (permission === undefined || key === undefined) return undefined
  if (key === '') return 'unavailable'
  if (permission === 'denied') return 'denied'
  return known && permission === 'granted' ? 'on' : 'off'
}
