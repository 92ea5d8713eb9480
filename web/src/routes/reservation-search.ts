import { z } from 'zod'

/** The part of an address that says what a list of reservations shows. */
export const reservationSearch = z.object({
  search: z.string().optional().catch(undefined),
  status: z.enum(['pending', 'confirmed', 'completed', 'no_show', 'canceled']).optional().catch(undefined),
  sort: z
    .string()
    .regex(/^-?(start_time|created_at|customer_name)$/)
    .optional()
    .catch(undefined),
  open: z.uuid().optional().catch(undefined),
})
