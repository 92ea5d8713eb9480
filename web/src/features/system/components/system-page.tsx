import { CloudOff, Server } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { messageOf } from '@/api'
import { PageTitle } from '@/components/page-title'
import { Card, EmptyState, ErrorState, PageHeader, Skeleton } from '@/components/ui'
import { type System, useSystem } from '../api/system'
import { labelsOf } from '../labels'
import { ChannelsCard } from './channels-card'
import { ClientsCard } from './clients-card'
import { EndsCard } from './ends-card'
import { GoneCard, NodeCard } from './node-card'

// The charting library is as large as all the rest; the figures do not wait for it.
const Charts = lazy(() => import('./charts'))

export function SystemPage() {
  const { data, error, refetch } = useSystem()
  return (
    <>
      <PageTitle>System</PageTitle>
      <PageHeader
        title="System"
        description="The servers, and who is connected to them. Renewed every two seconds."
      />
      {error && data && <Stale error={error} />}
      {data ? (
        <Figures data={data} />
      ) : error ? (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      ) : (
        <Loading />
      )}
    </>
  )
}

function Figures({ data: { view, samples } }: { data: System }) {
  if (view.nodes.length === 0) {
    return (
      <Card>
        <EmptyState icon={<Server />} title="No server has given its figures yet">
          Each does so every two seconds. If this stays, it cannot write to the database: its log says why.
        </EmptyState>
      </Card>
    )
  }
  const live = view.nodes.filter((node) => !node.gone)
  const gone = view.nodes.filter((node) => node.gone)
  const labels = labelsOf(live)
  return (
    <div className="flex flex-col gap-5">
      <ul
        aria-label="Servers"
        className="grid gap-5 lg:grid-cols-[repeat(auto-fit,minmax(min(28rem,100%),1fr))]"
      >
        {live.map((node) => (
          <NodeCard key={node.id} node={node} now={view.now} />
        ))}
        {gone.length > 0 && <GoneCard nodes={gone} now={view.now} />}
      </ul>
      <Suspense fallback={<ChartsLoading />}>
        <Charts samples={samples} nodes={live} labels={labels} />
      </Suspense>
      <ClientsCard nodes={live} labels={labels} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <ChannelsCard nodes={live} />
        <EndsCard nodes={live} />
      </div>
    </div>
  )
}

/** The figures are old, and asking goes on. */
function Stale({ error }: { error: unknown }) {
  return (
    <p
      role="status"
      className="mb-5 flex items-start gap-2 rounded-lg bg-warn-soft px-4 py-3 text-[13px] text-warn"
    >
      <CloudOff aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>These figures are not new: {messageOf(error)} The page goes on asking by itself.</span>
    </p>
  )
}

function Loading() {
  return (
    <div className="flex flex-col gap-5">
      <Skeleton className="h-64 rounded-2xl" />
      <ChartsLoading />
      <Skeleton className="h-64 rounded-2xl" />
    </div>
  )
}

function ChartsLoading() {
  return (
    <div className="grid gap-5 md:grid-cols-2">
      {['connections', 'events', 'coalescing', 'lag'].map((key) => (
        <Skeleton key={key} className="h-60 rounded-2xl" />
      ))}
    </div>
  )
}
