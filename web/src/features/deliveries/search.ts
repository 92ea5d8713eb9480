import { z } from 'zod'
import { kinds, routes, states } from './words'

const id = z.string().max(64).optional().catch(undefined)

/** The part of an address that says what the ledger shows. */
export const deliverySearch = z.object({
  search: z.string().optional().catch(undefined),
  state: z.enum(states).optional().catch(undefined),
  route: z.enum(routes).optional().catch(undefined),
  kind: z.enum(kinds).optional().catch(undefined),
  /** Only those that wait although their time has come. */
  due: z.boolean().optional().catch(undefined),
  reservation: id,
  user: id,
  /** The event whose story is told instead of the list. */
  event: id,
  /** The delivery whose panel is open. */
  open: id,
})

export type DeliverySearch = z.infer<typeof deliverySearch>
