import { meQuery } from '@/api/me'
import type { Handlers } from '@/live'

export const accountLive: Handlers = {
  user_updated: ({ payload: { user } }, queryClient) => {
    queryClient.setQueryData(meQuery.queryKey, (me) =>
      me && me.id === user.id && me.version < user.version ? user : me,
    )
  },
}
