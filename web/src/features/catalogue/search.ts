import { z } from 'zod'

export const tabs = ['services', 'staff', 'hours', 'holidays', 'rules'] as const
export type Tab = (typeof tabs)[number]

/** What the page's address says: the tab, and which entry of it is open; "new" is one to be made. */
export const settingsSearch = z.object({
  tab: z.enum(tabs).optional().catch(undefined),
  open: z
    .union([z.literal('new'), z.uuid()])
    .optional()
    .catch(undefined),
})

export type SettingsSearch = z.infer<typeof settingsSearch>
