import { Plus, Scissors } from 'lucide-react'
import { useState } from 'react'
import type { Service } from '@/api'
import { Button, ConfirmDialog, EmptyState, toast, toastError } from '@/components/ui'
import { minutesShort } from '../amount'
import { useSetServiceActive } from '../api/save-service'
import { useServices } from '../api/services'
import { formatPrice } from '../prices'
import { CatalogueCard } from './catalogue-card'
import { CatalogueRow } from './catalogue-row'
import { ServiceDialog } from './service-dialog'

interface Props {
  business: string
  /** The service whose form is open, or "new". */
  open: string | undefined
  onOpen: (open: string | undefined) => void
}

export function ServicesTab({ business, open, onOpen }: Props) {
  const { data: services, error, refetch } = useServices(business)
  const setActive = useSetServiceActive()
  const [leavingId, setLeavingId] = useState<string>()
  const opened = services?.find((service) => service.id === open)
  const leaving = services?.find((service) => service.id === leavingId)
  const activate = (service: Service) =>
    setActive.mutate(
      { service, active: true },
      { onSuccess: () => toast.success(`${service.name} can be booked again`), onError: toastError },
    )
  return (
    <>
      <CatalogueCard
        title="Services"
        description="What customers can book, how long it takes and what it costs."
        action="New service"
        onNew={() => onOpen('new')}
        isPending={!services}
        error={services ? null : error}
        onRetry={() => void refetch()}
        note={
          services?.some((service) => service.is_active)
            ? undefined
            : 'No service is active: customers book appointments of 30 minutes and see no price.'
        }
        empty={
          <EmptyState
            icon={<Scissors />}
            title="There are no services yet"
            action={
              <Button variant="secondary" size="sm" onPress={() => onOpen('new')}>
                <Plus aria-hidden className="size-4" />
                Add the first one
              </Button>
            }
          >
            Until there are, customers book appointments of 30 minutes and see no price.
          </EmptyState>
        }
      >
        {(services ?? []).map((service) => (
          <CatalogueRow
            key={service.id}
            id={service.id}
            name={service.name}
            isActive={service.is_active}
            aside={
              <>
                <span className="font-medium">{formatPrice(service.price, service.currency)}</span>
                <span className="text-[13px] text-ink-muted max-sm:pt-px">{lengthOf(service)}</span>
              </>
            }
            onEdit={() => onOpen(service.id)}
            onSetActive={() => (service.is_active ? setLeavingId(service.id) : activate(service))}
          >
            {service.description && <p className="line-clamp-2 break-words">{service.description}</p>}
          </CatalogueRow>
        ))}
      </CatalogueCard>
      {(opened || (open === 'new' && services)) && (
        <ServiceDialog business={business} service={opened} onClose={() => onOpen(undefined)} />
      )}
      <ConfirmDialog
        title={`Deactivate ${leaving?.name ?? ''}?`}
        action="Deactivate"
        danger
        isOpen={leaving !== undefined}
        onClose={() => setLeavingId(undefined)}
        onConfirm={async () => leaving && (await setActive.mutateAsync({ service: leaving, active: false }))}
      >
        Customers can no longer book it. Appointments that are booked already stay as they are, and you can
        activate it again.
      </ConfirmDialog>
    </>
  )
}

const lengthOf = (service: Service): string =>
  service.buffer_minutes > 0
    ? `${minutesShort(service.duration_minutes)} + ${minutesShort(service.buffer_minutes)} after`
    : minutesShort(service.duration_minutes)
