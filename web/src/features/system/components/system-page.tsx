import { PageTitle } from '@/components/page-title'
import { Card, ErrorState, PageHeader, Skeleton } from '@/components/ui'
import { useSystem } from '../api/system'
import { NodeCard } from './node-card'

export function SystemPage() {
  const { data, error, refetch } = useSystem()
  return (
    <>
      <PageTitle>System</PageTitle>
      <PageHeader title="System" description="The servers and who is connected to them, as it happens." />
      {error && !data ? (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      ) : !data ? (
        <Skeleton className="h-40" />
      ) : (
        <div className="grid gap-5 lg:grid-cols-2">
          {data.nodes.map((node) => (
            <NodeCard key={node.id} node={node} />
          ))}
        </div>
      )}
    </>
  )
}
