import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Service } from '@/api'
import { keepService } from '../cache'
import { useSameKey } from './same-key'
import { servicesQuery } from './services'

/** The fields that a person fills in. */
export type ServiceInput = Pick<
  Service,
  'name' | 'description' | 'duration_minutes' | 'buffer_minutes' | 'price' | 'currency'
>

export function useCreateService(business: string) {
  const queryClient = useQueryClient()
  const keyOf = useSameKey()
  return useMutation({
    mutationFn: (input: ServiceInput) => {
      const body = { ...input, business }
      return api.post<Service>('/api/services/', body, { idempotencyKey: keyOf(body) })
    },
    onSuccess: (service) => keepService(queryClient, service),
  })
}

export function useUpdateService() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...change }: Partial<ServiceInput> & { id: string; version: number }) =>
      api.patch<Service>(`/api/services/${id}/`, change),
    onSuccess: (service) => keepService(queryClient, service),
  })
}

const show = (queryClient: QueryClient, service: Service): void => {
  queryClient.setQueryData(servicesQuery(service.business).queryKey, (rows) =>
    rows?.map((row) => (row.id === service.id && row.version === service.version ? service : row)),
  )
}

/** Switches a service on or off: it shows at once, and as it was if the server refuses. */
export function useSetServiceActive() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ service, active }: { service: Service; active: boolean }) =>
      api.patch<Service>(`/api/services/${service.id}/`, { is_active: active, version: service.version }),
    onMutate: ({ service, active }) => show(queryClient, { ...service, is_active: active }),
    onError: (_, { service }) => {
      show(queryClient, service)
      // It may have been refused because it is not what it seemed to be.
      void queryClient.invalidateQueries({ queryKey: servicesQuery(service.business).queryKey })
    },
    onSuccess: (service) => keepService(queryClient, service),
  })
}
