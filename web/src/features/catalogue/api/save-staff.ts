import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Staff } from '@/api'
import { keepStaff } from '../cache'
import { useSameKey } from './same-key'
import { staffQuery } from './staff'

/** The fields that a person fills in. */
export type StaffInput = Pick<Staff, 'name' | 'services' | 'hours' | 'breaks' | 'days_off'>

export function useCreateStaff(business: string) {
  const queryClient = useQueryClient()
  const keyOf = useSameKey()
  return useMutation({
    mutationFn: (input: StaffInput) => {
      const body = { ...input, business }
      return api.post<Staff>('/api/staff/', body, { idempotencyKey: keyOf(body) })
    },
    onSuccess: (member) => keepStaff(queryClient, member),
  })
}

export function useUpdateStaff() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...change }: Partial<StaffInput> & { id: string; version: number }) =>
      api.patch<Staff>(`/api/staff/${id}/`, change),
    onSuccess: (member) => keepStaff(queryClient, member),
  })
}

const show = (queryClient: QueryClient, member: Staff): void => {
  queryClient.setQueryData(staffQuery(member.business).queryKey, (rows) =>
    rows?.map((row) => (row.id === member.id && row.version === member.version ? member : row)),
  )
}

/** Takes a member of staff off the calendar, or back: it shows at once, and as it was if the server refuses. */
export function useSetStaffActive() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ member, active }: { member: Staff; active: boolean }) =>
      api.patch<Staff>(`/api/staff/${member.id}/`, { is_active: active, version: member.version }),
    onMutate: ({ member, active }) => show(queryClient, { ...member, is_active: active }),
    onError: (_, { member }) => {
      show(queryClient, member)
      // It may have been refused because it is not what it seemed to be.
      void queryClient.invalidateQueries({ queryKey: staffQuery(member.business).queryKey })
    },
    onSuccess: (member) => keepStaff(queryClient, member),
  })
}
