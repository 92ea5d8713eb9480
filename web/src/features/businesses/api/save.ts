import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Business } from '@/api'
import { patchRow } from '@/live'
import { businessQuery } from './business'
import { businessesKey } from './list'

/** The fields that a person fills in. */
export type BusinessInput = Pick<
  Business,
  | 'name'
  | 'business_type'
  | 'subdomain'
  | 'email'
  | 'phone'
  | 'business_hours_start'
  | 'business_hours_end'
  | 'timezone'
  | 'primary_color'
  | 'subscription_status'
>

export interface NewBusiness extends BusinessInput {
  owner_email: string
  owner_password: string
  owner_first_name: string
  owner_last_name: string
}

/** Shows an answer at once; the event that follows has the same version and changes nothing more. */
export function keepBusiness(queryClient: QueryClient, business: Business): void {
  patchRow(queryClient, businessesKey, business)
  queryClient.setQueryData(businessQuery(business.id).queryKey, (known) =>
    known && known.version > business.version ? known : business,
  )
}

export const useCreateBusiness = () =>
  useMutation({ mutationFn: (input: NewBusiness) => api.post<Business>('/api/businesses/', input) })

export function useUpdateBusiness(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<BusinessInput> & { version: number }) =>
      api.patch<Business>(`/api/businesses/${id}/`, change),
    onSuccess: (business) => keepBusiness(queryClient, business),
  })
}

/** Switches a business on or off. */
export function useSetActive() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      api.post<Business>(`/api/businesses/${id}/${active ? 'activate' : 'deactivate'}/`),
    onSuccess: (business) => keepBusiness(queryClient, business),
  })
}
