import { lazy, Suspense } from 'react'
import { PageTitle } from '@/components/page-title'
import { Card, CardHeader, PageHeader, Skeleton } from '@/components/ui'
import { ActivityFeed } from './activity-feed'
import { RecentBusinesses } from './recent-businesses'
import { TotalsRow } from './totals-row'

// The charting library is as large as all the rest; the figures do not wait for it.
const Charts = lazy(() => import('./charts'))

export function DashboardPage() {
  return (
    <>
      <PageTitle>Dashboard</PageTitle>
      <PageHeader title="Dashboard" description="The whole platform, as it happens." />
      <div className="flex flex-col gap-5">
        <TotalsRow />
        <Suspense fallback={<ChartsLoading />}>
          <Charts />
        </Suspense>
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <RecentBusinesses />
          <ActivityFeed />
        </div>
      </div>
    </>
  )
}

function ChartsLoading() {
  return (
    <div className="grid gap-5 lg:grid-cols-2 xl:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_minmax(0,4fr)]">
      {['Growth', 'Reservations', 'Businesses by type'].map((title) => (
        <Card key={title} className="last:lg:col-span-2 last:xl:col-span-1">
          <CardHeader title={title} />
          <div className="px-5 pb-5">
            <Skeleton className="h-64" />
          </div>
        </Card>
      ))}
    </div>
  )
}
