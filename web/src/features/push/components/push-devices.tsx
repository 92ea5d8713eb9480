import { MonitorSmartphone, Send, Smartphone, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { PushDevice } from '@/api'
import {
  Badge,
  Button,
  Card,
  CardHeader,
  ConfirmDialog,
  EmptyState,
  ErrorState,
  RelativeTime,
  Skeleton,
  toast,
} from '@/components/ui'
import { useRemoveDevice } from '../api/remove'
import { useTestDevice } from '../api/test'
import { useDevice } from '../use-device'
import { ThisDevice } from './this-device'

/** Which devices show notifications when no page of Fade is open: this one, and the person's others. */
export function PushDevices() {
  const device = useDevice()
  const { devices, current } = device
  const [asked, setAsked] = useState<PushDevice>()
  const remove = useRemoveDevice()
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Notifications on this device"
        description="Shown by the device itself, also while no page of Fade is open."
      />
      <ThisDevice
        device={device}
        onTurnOff={() => setAsked(devices.data?.find(({ id }) => id === current))}
      />
      <section aria-labelledby="push-devices" className="border-t border-line">
        <h3 id="push-devices" className="px-5 pt-4 pb-2 text-xs font-medium text-ink-muted">
          Your devices
        </h3>
        <Devices device={device} onRemove={setAsked} />
      </section>
      {asked && (
        <ConfirmDialog
          title={asked.id === current ? 'Turn notifications off here?' : `Remove ${asked.label}?`}
          action={asked.id === current ? 'Turn off' : 'Remove'}
          danger
          isOpen
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await remove.mutateAsync(asked)
            toast.success(
              asked.id === current ? 'Notifications are off on this device' : `${asked.label} is removed`,
            )
          }}
        >
          <p className="break-words">
            {asked.id === current
              ? 'This device shows none any more. Everything stays in your inbox, and your other devices are not touched.'
              : `${asked.label} shows none any more. Whoever signs in there can turn them on again.`}
          </p>
        </ConfirmDialog>
      )}
    </Card>
  )
}

interface DevicesProps {
  device: ReturnType<typeof useDevice>
  onRemove: (device: PushDevice) => void
}

function Devices({ device: { devices, current }, onRemove }: DevicesProps) {
  if (devices.isPending) {
    return (
      <div className="flex flex-col gap-3 px-5 pt-1 pb-5" role="status" aria-label="Loading your devices">
        <Skeleton className="h-9" />
        <Skeleton className="h-9" />
      </div>
    )
  }
  if (devices.isError && !devices.data) {
    return <ErrorState error={devices.error} onRetry={() => void devices.refetch()} className="py-8" />
  }
  if (devices.data?.length === 0) {
    return (
      <EmptyState icon={<MonitorSmartphone />} title="No device yet" className="pt-4 pb-8">
        Turn notifications on here, and do the same on your phone: each device that you turn on is listed.
      </EmptyState>
    )
  }
  return (
    <ul className="divide-y divide-line pb-1">
      {devices.data?.map((each) => (
        <DeviceRow
          key={each.id}
          device={each}
          isCurrent={each.id === current}
          onRemove={() => onRemove(each)}
        />
      ))}
    </ul>
  )
}

interface RowProps {
  device: PushDevice
  isCurrent: boolean
  onRemove: () => void
}

function DeviceRow({ device, isCurrent, onRemove }: RowProps) {
  const test = useTestDevice()
  const Icon = /Android|iPhone|iPad/.test(device.label) ? Smartphone : MonitorSmartphone
  return (
    <li data-testid="push-device" className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <Icon aria-hidden className="size-5 shrink-0 text-ink-faint" />
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium break-words text-ink">
          <span className="min-w-0 break-words">{device.label}</span>
          {isCurrent && <Badge tone="good">This device</Badge>}
        </p>
        <p className="text-[13px] text-ink-muted">
          {device.used_at ? (
            <>
              Last used <RelativeTime at={device.used_at} />
            </>
          ) : (
            'Nothing sent yet'
          )}
          {' · added '}
          <RelativeTime at={device.created_at} />
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          variant="secondary"
          size="sm"
          isPending={test.isPending}
          aria-label={`Send a test to ${device.label}`}
          onPress={() => test.mutate(device)}
        >
          <Send aria-hidden className="size-3.5" />
          Test
        </Button>
        <Button variant="quiet" size="sm" aria-label={`Remove ${device.label}`} onPress={onRemove}>
          <Trash2 aria-hidden className="size-3.5" />
          Remove
        </Button>
      </div>
    </li>
  )
}
