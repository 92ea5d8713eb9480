import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, api, type PushDevice } from '@/api'
import { leave, ours } from '../device'
import { devicesQuery } from './list'

/** Shows nothing on a device any more; this browser forgets its subscription as well if it is the one. */
export function useRemoveDevice() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (device: PushDevice) => {
      try {
        await api.delete(`/api/push/subscriptions/${device.id}/`)
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error // gone is what was asked for
      }
      if (ours()?.id === device.id) await leave()
    },
    onSuccess: (_, device) =>
      queryClient.setQueryData(devicesQuery.queryKey, (list) => list?.filter((d) => d.id !== device.id)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['push'] }),
  })
}
