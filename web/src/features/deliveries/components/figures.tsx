import type { DeliveryStats } from '@/api'
import { cardClass, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { formatCompact, formatDuration, formatExact, formatInteger } from '@/lib/format'
import { useNow } from '@/lib/use-now'
import type { DeliverySearch } from '../search'

interface Props {
  stats: DeliveryStats | undefined
  /** Narrows the list to what a figure counts. */
  onShow: (filter: Pick<DeliverySearch, 'state' | 'due'>) => void
}

/** How the deliveries are doing at the moment; each figure leads to what it counts. */
export function Figures({ stats, onShow }: Props) {
  const now = useNow()
  const oldest = stats?.oldest_due_at
  const waited = oldest ? Math.max(0, (now - Date.parse(oldest)) / 1000) : 0
  return (
    <div className="grid grid-cols-2 gap-3 pb-5 lg:grid-cols-4 lg:gap-4" data-testid="delivery-figures">
      <Figure
        label="Waiting"
        value={stats && formatCompact(stats.queued)}
        exact={stats && formatInteger(stats.queued)}
        note={stats && `${formatInteger(stats.due)} of them due now`}
        onPress={() => onShow({ state: 'queued' })}
      />
      <Figure
        label="Oldest that is due"
        value={stats && (oldest ? (waited < 1 ? 'just now' : formatDuration(waited)) : '—')}
        exact={oldest ? formatExact(oldest) : ''}
        note={
          stats &&
          (oldest ? (waited > 300 ? 'Is a worker running?' : 'Leaves in a moment') : 'Nothing is late')
        }
        bad={waited > 300}
        onPress={() => onShow({ state: 'queued', due: true })}
      />
      <Figure
        label="Sent"
        value={stats && formatCompact(stats.sent_24h)}
        exact={stats && formatInteger(stats.sent_24h)}
        note={stats && `In 24 hours; ${formatInteger(stats.canceled_24h)} canceled`}
        onPress={() => onShow({ state: 'sent' })}
      />
      <Figure
        label="Failed"
        value={stats && formatCompact(stats.failed)}
        exact={stats && formatInteger(stats.failed)}
        note={stats && (stats.failed > 0 ? 'They wait for somebody’s decision' : 'Nothing to look after')}
        bad={(stats?.failed ?? 0) > 0}
        onPress={() => onShow({ state: 'failed' })}
      />
    </div>
  )
}

interface FigureProps {
  label: string
  value: string | undefined
  exact: string | undefined
  note: string | undefined
  bad?: boolean
  onPress: () => void
}

function Figure({ label, value, exact, note, bad, onPress }: FigureProps) {
  return (
    <button
      type="button"
      onClick={onPress}
      className={cx(cardClass, 'px-4 py-3.5 text-left transition-colors hover:bg-sunken sm:px-5')}
    >
      <span className="block text-[13px] text-ink-muted">{label}</span>
      {value === undefined ? (
        <Skeleton className="my-1.5 h-6 w-16" />
      ) : (
        <span
          title={exact}
          className={cx(
            'block truncate text-2xl font-semibold tracking-tight tabular-nums',
            bad ? 'text-bad' : 'text-ink',
          )}
        >
          {value}
        </span>
      )}
      <span className="block text-xs text-ink-muted">{note ?? ' '}</span>
    </button>
  )
}
