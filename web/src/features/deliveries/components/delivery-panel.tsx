import { Link } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import type { DeliveryStory } from '@/api'
import {
  Button,
  Detail,
  Dialog,
  DialogBody,
  DialogFooter,
  ErrorState,
  Skeleton,
  toast,
  toastError,
} from '@/components/ui'
import { useDelivery } from '../api/delivery'
import { useRetryOne } from '../api/retry'
import { timelineOf } from '../timeline'
import { kindInWords, routeInWords } from '../words'
import { StateBadge } from './state-badge'
import { Timeline } from './timeline'

interface Props {
  id: string
  /** Super admins send again what failed, and look at everything. */
  isAdmin: boolean
  onClose: () => void
}

/** One delivery, and everything that happened to it. */
export function DeliveryPanel({ id, isAdmin, onClose }: Props) {
  const { data: delivery, error, refetch } = useDelivery(id)
  return (
    <Dialog
      title={delivery ? `${kindInWords(delivery.kind)} to ${delivery.address || 'nobody'}` : 'Delivery'}
      size="md"
      isOpen
      onClose={onClose}
    >
      {delivery ? (
        <Details delivery={delivery} isAdmin={isAdmin} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <DialogBody>
          <Skeleton className="h-56" />
        </DialogBody>
      )}
    </Dialog>
  )
}

const linkClass = 'text-accent underline-offset-2 hover:underline'

function Details({ delivery, isAdmin }: { delivery: DeliveryStory; isAdmin: boolean }) {
  const retry = useRetryOne()
  const again = () =>
    retry.mutate(delivery.id, { onSuccess: () => toast.success('It leaves again'), onError: toastError })
  return (
    <>
      <DialogBody className="flex flex-col gap-6">
        <div className="flex items-center gap-2">
          <StateBadge state={delivery.state} />
          <span className="text-[13px] text-ink-muted">{routeInWords(delivery.route)}</span>
        </div>
        <Timeline label="What happened" steps={timelineOf(delivery)} />
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          {delivery.user_name && <Detail label="Person">{delivery.user_name}</Detail>}
          <Detail label={delivery.route === 'push' ? 'Device' : 'Address'}>
            <span title={delivery.address}>{delivery.address || '—'}</span>
          </Detail>
          {delivery.business_name && <Detail label="Business">{delivery.business_name}</Detail>}
          {delivery.reservation && (
            <Detail label="Reservation">
              <Link
                to={isAdmin ? '/reservations' : '/my/reservations'}
                search={{ open: delivery.reservation }}
                className={linkClass}
              >
                Open it
              </Link>
              {' · '}
              <Link to="/deliveries" search={{ reservation: delivery.reservation }} className={linkClass}>
                All its mails
              </Link>
            </Detail>
          )}
          {delivery.event_id && (
            <Detail label="Event">
              <Link to="/deliveries" search={{ event: delivery.event_id }} className={linkClass}>
                What became of it
              </Link>
            </Detail>
          )}
        </dl>
      </DialogBody>
      {isAdmin && delivery.state === 'failed' && (
        <DialogFooter>
          <Button isPending={retry.isPending} onPress={again}>
            <RotateCw aria-hidden className="size-4" />
            Send again
          </Button>
        </DialogFooter>
      )}
    </>
  )
}
