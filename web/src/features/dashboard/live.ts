import type { Handlers } from '@/live'

export const dashboardLive: Handlers = {}
