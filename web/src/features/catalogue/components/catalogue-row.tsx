import { Pencil, Power } from 'lucide-react'
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
      className={cx('flex items-start gap-3 px-5 py-3.5 sm:items-center', fresh && 'fresh')}
    >
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          <span className={cx('min-w-0 truncate font-medium', !isActive && 'text-ink-muted')} title={name}>
            {name}
          </span>
          {!isActive && <ActiveBadge active={false} />}
        </p>
        <div className="text-[13px] text-ink-muted">{children}</div>
      </div>
      {aside && <div className="shrink-0 text-right tabular-nums max-sm:pt-0.5">{aside}</div>}
      <div className="flex shrink-0 items-center gap-1 max-sm:-mt-1.5 max-sm:-mr-2">
        <IconButton aria-label={`Edit ${name}`} onPress={onEdit}>
          <Pencil />
        </IconButton>
        {isActive ? (
          <IconButton aria-label={`Deactivate ${name}`} onPress={onSetActive}>
            <Power />
          </IconButton>
        ) : (
          <Button variant="secondary" size="sm" aria-label={`Activate ${name}`} onPress={onSetActive}>
            Activate
          </Button>
        )}
      </div>
    </li>
  )
}
