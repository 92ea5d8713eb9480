import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type User } from '@/api'
import { patchRow } from '@/live'
import { usersKey } from './list'

export interface NewUser {
  email: string
  password: string
  first_name: string
  last_name: string
  user_type: 'super_admin'
}

/** Makes a super admin; owners are made with their business. */
export const useCreateUser = () =>
  useMutation({ mutationFn: (input: NewUser) => api.post<User>('/api/users/', input) })

/** Lets a user sign in, or no longer. */
export function useSetUserActive() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      api.patch<User>(`/api/users/${id}/`, { is_active: active }),
    onSuccess: (user) => patchRow(queryClient, usersKey, user),
  })
}
