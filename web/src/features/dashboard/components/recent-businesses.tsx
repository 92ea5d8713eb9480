import { Link } from '@tanstack/react-router'
import { Store } from 'lucide-react'
import type { Business } from '@/api'
import { Avatar } from '@/components/avatar'
import { ActiveBadge, labelOfType } from '@/components/status'
import { Card, CardHeader, EmptyState, ErrorState, RelativeTime, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useFresh } from '@/live'
import { useOverview } from '../api/stats'

export function RecentBusinesses() {
  const { data, error, refetch } = useOverview()
  return (
    <Card className="overflow-hidden">
      <CardHeader title="Recent businesses" description="The newest on the platform">
        <Link to="/businesses" className="rounded-md text-[13px] font-medium text-accent hover:underline">
          All businesses
        </Link>
      </CardHeader>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.recent.length === 0 ? (
        <EmptyState icon={<Store />} title="No businesses yet">
          The first one you create appears here at once.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {data.recent.map((business) => (
            <Row key={business.id} business={business} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Row({ business }: { business: Business }) {
  const fresh = useFresh(`recent:${business.id}`)
  return (
    <li
      data-testid="recent-business"
      data-id={business.id}
      className={cx('flex items-center gap-3 px-5 py-3', fresh && 'fresh')}
    >
      <Avatar name={business.name} color={business.primary_color} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-ink" title={business.name}>
          {business.name}
        </p>
        <p className="truncate text-[13px] text-ink-muted" title={business.full_domain}>
          {labelOfType(business.business_type)} · {business.full_domain || business.subdomain}
        </p>
      </div>
      <div className="flex shrink-0 flex-col items-end gap-1">
        <ActiveBadge active={business.is_active} />
        <RelativeTime at={business.created_at} className="text-xs text-ink-faint" />
      </div>
    </li>
  )
}

function Loading() {
  return (
    <div className="divide-y divide-line border-t border-line">
      {[0, 1, 2, 3, 4].map((i) => (
        <div key={i} className="flex items-center gap-3 px-5 py-3">
          <Skeleton className="size-9 rounded-lg" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-3 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
        </div>
      ))}
    </div>
  )
}
