import type { SystemNode } from '@/api'
import { Badge, Card, CardHeader, Detail } from '@/components/ui'
import { formatInteger } from '@/lib/format'

export function NodeCard({ node }: { node: SystemNode }) {
  return (
    <Card data-testid="node-card">
      <CardHeader title={node.name} description={node.address}>
        <Badge tone={node.gone ? 'bad' : 'good'} dot>
          {node.gone ? 'Gone' : 'Live'}
        </Badge>
      </CardHeader>
      <dl className="px-5 pb-4">
        <Detail label="Connections">{formatInteger(node.figures.sockets.connections)}</Detail>
      </dl>
    </Card>
  )
}
