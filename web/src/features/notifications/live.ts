import type { Handlers } from '@/live'

export const notificationsLive: Handlers = {}
