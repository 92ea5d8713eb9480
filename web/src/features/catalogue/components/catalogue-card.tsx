import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, Card, CardHeader, ErrorState, Skeleton } from '@/components/ui'

interface Props {
  title: string
  description: string
  /** What the button says: "New service". */
  action: string
  onNew: () => void
  isPending: boolean
  error: unknown
  onRetry: () => void
  empty: ReactNode
  /** Said above the list; for what is not as it looks. */
  note?: string | undefined
  children: ReactNode[]
}

/** The list of a tab, with what can be added to it. */
export function CatalogueCard(props: Props) {
  return (
    <Card>
      <CardHeader title={props.title} description={props.description}>
        <Button size="sm" onPress={props.onNew} isDisabled={props.isPending}>
          <Plus aria-hidden className="size-4" />
          {props.action}
        </Button>
      </CardHeader>
      {props.error ? (
        <ErrorState error={props.error} onRetry={props.onRetry} />
      ) : props.isPending ? (
        <div className="flex flex-col gap-3 px-5 pb-5">
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </div>
      ) : props.children.length === 0 ? (
        props.empty
      ) : (
        <>
          {props.note && (
            <p className="mx-5 mb-3 rounded-lg bg-warn-soft px-3 py-2.5 text-[13px] text-warn">
              {props.note}
            </p>
          )}
          <ul aria-label={props.title} className="divide-y divide-line border-t border-line">
            {props.children}
          </ul>
        </>
      )}
    </Card>
  )
}
