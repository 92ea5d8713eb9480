import { useMutation } from '@tanstack/react-query'
import { api, type Delivery, type PushDevice } from '@/api'
import { toast, toastError } from '@/components/ui'

/** Sends a push to one device. */
export function useTestDevice() {
  return useMutation({
    mutationFn: (device: PushDevice) => api.post<Delivery>(`/api/push/subscriptions/${device.id}/test/`),
    onSuccess: (_, device) =>
      toast.success(`A test is on its way to ${device.label}`, {
        description:
          'If nothing shows within a minute, look at the notification settings of the device itself.',
      }),
    onError: toastError,
  })
}
