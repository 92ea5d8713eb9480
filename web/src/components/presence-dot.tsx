import { cx } from '@/lib/cx'

/** Whether somebody is online. It says so in words as well, for whoever cannot see colours. */
export function PresenceDot({ online, className }: { online: boolean | undefined; className?: string }) {
  if (online === undefined) return null
  return (
    <span
      role="img"
      aria-label={online ? 'online' : 'offline'}
      title={online ? 'Online' : 'Offline'}
      data-testid="presence-dot"
      data-online={online}
      className={cx(
        'inline-block size-2.5 shrink-0 rounded-full ring-2 ring-surface',
        online ? 'bg-good' : 'bg-line-strong',
        className,
      )}
    />
  )
}
