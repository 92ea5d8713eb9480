import type { BusinessType, ReservationStatus, SubscriptionStatus } from '@/api'
import { formatWord } from '@/lib/format'
import { Badge, type Tone } from './ui'

const reservationTones: Record<ReservationStatus, Tone> = {
  pending: 'warn',
  confirmed: 'good',
  completed: 'accent',
  no_show: 'bad',
  canceled: 'neutral',
}

export function ReservationBadge({ status }: { status: ReservationStatus }) {
  return (
    <Badge tone={reservationTones[status]} dot>
      {formatWord(status)}
    </Badge>
  )
}

export function ActiveBadge({ active }: { active: boolean }) {
  return (
    <Badge tone={active ? 'good' : 'neutral'} dot>
      {active ? 'Active' : 'Inactive'}
    </Badge>
  )
}

const subscriptionTones: Record<SubscriptionStatus, Tone> = {
  trial: 'accent',
  active: 'good',
  suspended: 'warn',
  cancelled: 'neutral',
}

export function SubscriptionBadge({ status }: { status: SubscriptionStatus }) {
  return <Badge tone={subscriptionTones[status]}>{formatWord(status)}</Badge>
}

export const businessTypes: readonly { value: BusinessType; label: string }[] = [
  { value: 'barbershop', label: 'Barbershop' },
  { value: 'salon', label: 'Salon' },
  { value: 'clinic', label: 'Clinic' },
  { value: 'other', label: 'Other' },
]

export const labelOfType = (type: BusinessType) =>
  businessTypes.find((t) => t.value === type)?.label ?? formatWord(type)
