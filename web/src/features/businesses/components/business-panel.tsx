import { zodResolver } from '@hookform/resolvers/zod'
import { CalendarClock, Pencil, Power, Settings } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useForm } from 'react-hook-form'
import type { Business } from '@/api'
import { ActiveBadge, labelOfType, SubscriptionBadge } from '@/components/status'
import {
  applyApiError,
  Button,
  ConfirmDialog,
  Detail,
  Dialog,
  DialogBody,
  DialogFooter,
  ErrorState,
  FormError,
  FormFooter,
  LinkButton,
  Skeleton,
  toast,
} from '@/components/ui'
import { formatDay, formatInteger, formatMoney } from '@/lib/format'
import { useBusiness } from '../api/business'
import { useSetActive, useUpdateBusiness } from '../api/save'
import { useBusinessStats } from '../api/stats'
import { BusinessFields, businessSchema } from './business-fields'

/** One business: its figures, its details, and what can be done with it. */
export function BusinessPanel({
  id,
  onClose,
  actions,
}: {
  id: string
  onClose: () => void
  /** What other features can do with it. */
  actions?: ReactNode
}) {
  const { data: business, error, refetch } = useBusiness(id)
  const [editing, setEditing] = useState(false)
  return (
    <Dialog
      title={business?.name ?? 'Business'}
      description={business?.full_domain}
      size="lg"
      isOpen
      onClose={onClose}
      isDismissable={!editing}
    >
      {error && !business ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !business ? (
        <DialogBody className="flex flex-col gap-3">
          <Skeleton className="h-16" />
          <Skeleton className="h-40" />
        </DialogBody>
      ) : editing ? (
        <EditForm business={business} onDone={() => setEditing(false)} />
      ) : (
        <Details business={business} onEdit={() => setEditing(true)} actions={actions} />
      )}
    </Dialog>
  )
}

function Details({
  business,
  onEdit,
  actions,
}: {
  business: Business
  onEdit: () => void
  actions: ReactNode
}) {
  const setActive = useSetActive()
  const [asking, setAsking] = useState(false)
  const next = business.is_active ? 'Deactivate' : 'Activate'
  return (
    <>
      <DialogBody className="flex flex-col gap-6">
        <div className="flex flex-wrap gap-2">
          <ActiveBadge active={business.is_active} />
          <SubscriptionBadge status={business.subscription_status} />
        </div>
        <Figures id={business.id} />
        <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2">
          <Detail label="Type">{labelOfType(business.business_type)}</Detail>
          <Detail label="Opening hours">
            {business.business_hours_start} – {business.business_hours_end}
          </Detail>
          <Detail label="Time zone">{business.timezone.replaceAll('_', ' ')}</Detail>
          <Detail label="Joined">{formatDay(business.created_at)}</Detail>
          <Detail label="Email">{business.email || '—'}</Detail>
          <Detail label="Phone">{business.phone || '—'}</Detail>
        </dl>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={() => setAsking(true)}>
          <Power aria-hidden className="size-4" />
          {next}
        </Button>
        <LinkButton to="/businesses/$id/calendar" params={{ id: business.id }} variant="secondary">
          <CalendarClock aria-hidden className="size-4" />
          Calendar
        </LinkButton>
        <LinkButton to="/businesses/$id/settings" params={{ id: business.id }} variant="secondary">
          <Settings aria-hidden className="size-4" />
          Booking settings
        </LinkButton>
        <Button onPress={onEdit}>
          <Pencil aria-hidden className="size-4" />
          Edit
        </Button>
      </DialogFooter>
      <ConfirmDialog
        title={`${next} ${business.name}?`}
        action={next}
        danger={business.is_active}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => setActive.mutateAsync({ id: business.id, active: !business.is_active })}
      >
        {business.is_active
          ? 'It takes no more reservations until it is activated again. Nothing is deleted; its owner can still sign in.'
          : 'It takes reservations again, at once.'}
      </ConfirmDialog>
    </>
  )
}

function Figures({ id }: { id: string }) {
  const { data: stats, error, refetch } = useBusinessStats(id)
  if (error && !stats) return <ErrorState error={error} onRetry={() => void refetch()} />
  const figures = [
    ['Reservations', stats && formatInteger(stats.total_reservations)],
    ['Last 30 days', stats && formatInteger(stats.reservations_last_30_days)],
    ['Last 7 days', stats && formatInteger(stats.reservations_last_7_days)],
    ['Pending', stats && formatInteger(stats.pending_reservations)],
    ['Confirmed', stats && formatInteger(stats.confirmed_reservations)],
    ['Completed', stats && formatInteger(stats.completed_reservations)],
    ['Revenue', stats && formatMoney(stats.revenue)],
    ['Users', stats && formatInteger(stats.total_users)],
  ] as const
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-4">
      {figures.map(([label, value]) => (
        <div key={label} className="bg-surface px-4 py-3">
          <dt className="text-[13px] text-ink-muted">{label}</dt>
          <dd className="text-lg font-semibold tabular-nums">
            {value ?? <Skeleton className="mt-1 h-5 w-12" />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function EditForm({ business, onDone }: { business: Business; onDone: () => void }) {
  const update = useUpdateBusiness(business.id)
  // What the form was opened with: a change made elsewhere meanwhile is answered as a conflict.
  const [version] = useState(business.version)
  const form = useForm({
    resolver: zodResolver(businessSchema),
    defaultValues: businessSchema.parse(business),
  })
  const submit = form.handleSubmit(async (input) => {
    try {
      await update.mutateAsync({ ...input, version })
      toast.success('Saved')
      onDone()
    } catch (error) {
      applyApiError(form, error)
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <DialogBody className="flex flex-col gap-6">
        <FormError message={form.formState.errors.root?.server?.message} />
        <BusinessFields control={form.control} />
      </DialogBody>
      <FormFooter action="Save" isSubmitting={form.formState.isSubmitting} onCancel={onDone} />
    </form>
  )
}
