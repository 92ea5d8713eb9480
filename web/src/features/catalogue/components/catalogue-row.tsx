import { Pencil } from 'lucide-react'
import type { ReactNode } from 'react'
import { ActiveBadge } from '@/components/status'
import { Button, IconButton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'

interface Props {
  id: string
  name: string
  isActive: boolean
  /** What stands under the name. */
  children: ReactNode
  /** What stands at the end, such as the price. */
  aside?: ReactNode
  onEdit: () => void
  onSetActive: () => void
}

/** A service or a member of staff in its list. */
export function CatalogueRow({ id, name, isActive, children, aside, onEdit, onSetActive }: Props) {
  const fresh = useFresh(`catalogue:${id}`)
  return (
    <li
      data-testid="catalogue-row"
      className={cx(
        'grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 px-5 py-3.5 sm:grid-cols-[minmax(0,1fr)_auto_9rem] sm:items-center',
        fresh && 'fresh',
      )}
    >
      <div className="min-w-0">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span
            className={cx('line-clamp-2 min-w-0 font-medium break-words', !isActive && 'text-ink-muted')}
            title={name}
          >
            {name}
          </span>
          {!isActive && <ActiveBadge active={false} />}
        </p>
        <div className="text-[13px] text-ink-muted">{children}</div>
      </div>
      <div className="flex gap-x-2 tabular-nums max-sm:order-last max-sm:col-span-2 sm:flex-col sm:items-end">
        {aside}
      </div>
      <div className="flex items-center justify-end gap-1 max-sm:-mt-1.5">
        <IconButton aria-label={`Edit ${name}`} onPress={onEdit}>
          <Pencil />
        </IconButton>
        {/* One button for both, so that the keyboard stays where it was. */}
        <Button
          variant={isActive ? 'quiet' : 'secondary'}
          size="sm"
          aria-label={`${isActive ? 'Deactivate' : 'Activate'} ${name}`}
          onPress={onSetActive}
        >
          {isActive ? 'Deactivate' : 'Activate'}
        </Button>
      </div>
    </li>
  )
}
