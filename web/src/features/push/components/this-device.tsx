import { BellOff, BellRing, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { messageOf } from '@/api'
import { Button, ErrorState, FormError, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { NoPushService, NotAllowed } from '../device'
import type { DeviceState, useDevice } from '../use-device'

interface Words {
  title: string
  text: ReactNode
}

const words: Record<DeviceState, Words> = {
  on: {
    title: 'Notifications are on',
    text: 'What you chose to be told by push appears here. Signing out turns it off.',
  },
  off: {
    title: 'Notifications are off',
    text: 'Turn them on to hear of bookings while Fade is closed. Your browser will ask whether Fade may show notifications.',
  },
  denied: {
    title: 'Your browser blocks them',
    text: 'Notifications of this site were denied. Open the site’s settings beside the address, allow notifications, and come back: this page will notice.',
  },
  unsupported: {
    title: 'This browser cannot show them',
    text: 'Private windows and some browsers have no push messages. Use a current Chrome, Edge, Firefox or Safari; mails and the inbox work everywhere.',
  },
  install: {
    title: 'Add Fade to your home screen first',
    text: 'iPhones and iPads show notifications of apps on the home screen alone. Tap Share, then “Add to Home Screen”, open Fade from there, and come back to this page.',
  },
  insecure: {
    title: 'This address is not encrypted',
    text: 'Browsers allow notifications on pages with https only. Open Fade by its https address.',
  },
  unavailable: {
    title: 'This server sends none',
    text: 'Push messages are not set up here. Mails and the inbox work as ever.',
  },
}

interface Props {
  device: ReturnType<typeof useDevice>
  onTurnOff: () => void
}

/** How this browser stands, what it means, and the button that changes it. */
export function ThisDevice({ device: { state, enable, error, retry }, onTurnOff }: Props) {
  if (!state && error)
    return <ErrorState error={error} onRetry={retry} className="border-t border-line py-8" />
  if (!state) {
    return (
      <div className="border-t border-line px-5 py-4" role="status" aria-label="Looking at this device">
        <Skeleton className="h-10" />
      </div>
    )
  }
  const { title, text } = words[state]
  const Icon = state === 'on' ? BellRing : state === 'off' || state === 'denied' ? BellOff : Info
  return (
    <div
      className="flex flex-col gap-3 border-t border-line px-5 py-4"
      data-testid="this-device"
      data-state={state}
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <span
          className={cx(
            'flex size-10 shrink-0 items-center justify-center rounded-full [&_svg]:size-5',
            state === 'on' ? 'bg-good-soft text-good' : 'bg-sunken text-ink-muted dark:bg-line',
          )}
        >
          <Icon aria-hidden />
        </span>
        <div className="min-w-0 flex-1 basis-48" role="status">
          <p className="font-medium text-ink">{title}</p>
          <p className="max-w-prose text-[13px] text-ink-muted">{text}</p>
        </div>
        {state === 'off' && (
          <Button isPending={enable.isPending} onPress={() => enable.mutate()}>
            Turn on
          </Button>
        )}
        {state === 'on' && (
          <Button variant="secondary" onPress={onTurnOff}>
            Turn off
          </Button>
        )}
      </div>
      {state === 'off' && <FormError message={enable.error ? whyNot(enable.error) : undefined} />}
    </div>
  )
}

function whyNot(error: unknown): string {
  if (error instanceof NotAllowed) {
    return 'Your browser did not allow it. Press “Turn on” again and choose “Allow”.'
  }
  if (error instanceof NoPushService) {
    return 'Your browser could not reach its push service. Check your connection, allow push messages in the browser’s own settings, and try again.'
  }
  return messageOf(error)
}
