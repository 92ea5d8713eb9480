import { createColumnHelper, metaHelper, type RowData, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from 'react'
import { cx } from '@/lib/cx'
import { useMedia } from '@/lib/use-media'
import { useFresh } from '@/live'
import { ErrorState, Skeleton } from './states'

interface ColumnMeta {
  /** A CSS grid track, such as "minmax(0,2fr)" or "7rem"; "minmax(0,1fr)" if left out. */
  width?: string
  align?: 'end'
  /** The field the server sorts by; left out, the column cannot be sorted. */
  sort?: string
  /** The first press sorts downwards, as for counts and dates. */
  descFirst?: boolean
  /** Shown from this width of the window on; always if left out. */
  from?: 'md' | 'lg' | 'xl'
}

const features = tableFeatures({ columnMeta: metaHelper<ColumnMeta>() })

/** Makes the columns of a DataTable: `const column = tableColumns<Business>()`, `column.columns([...])`. */
export const tableColumns = <T extends RowData>() => createColumnHelper<typeof features, T>()

/** What `tableColumns<T>().columns([...])` gives. */
type Columns<T extends RowData> = ReturnType<ReturnType<typeof tableColumns<T>>['columns']>

interface Props<T extends { id: string }> {
  /** What the table lists; read out. */
  label: string
  columns: Columns<T>
  rows: T[]
  /** The order, as the API takes it: "name" or "-name". */
  sort?: string
  onSort?: (sort: string) => void
  /** Opens a row, by press or Enter. */
  onOpen?: (row: T) => void
  /** What live handlers mark: "business" makes rows glow on markFresh("business:<id>"). */
  freshPrefix?: string
  /** A row on a phone, where columns do not fit. */
  card: (row: T) => ReactNode
  isPending?: boolean
  error?: unknown
  onRetry?: () => void
  hasMore?: boolean
  isLoadingMore?: boolean
  onLoadMore?: () => void
  empty: ReactNode
  rowTestId?: string
}

const order = { md: 768, lg: 1024, xl: 1280 }

/**
 * Rows of any number: only those in sight are in the page. Sorting is the server's. On a phone each row
 * is a card. Arrow keys move between rows, Enter opens one.
 */
export function DataTable<T extends { id: string }>(props: Props<T>) {
  const { label, columns, rows, sort, onSort, onOpen, card, empty, hasMore, isLoadingMore, onLoadMore } =
    props
  const wide = useMedia('(min-width: 640px)')
  const md = useMedia(`(min-width: ${order.md}px)`)
  const lg = useMedia(`(min-width: ${order.lg}px)`)
  const xl = useMedia(`(min-width: ${order.xl}px)`)
  const shows = { md, lg, xl }
  const table = useTable({ features, columns, data: rows, getRowId: (row) => row.id })
  const scroller = useRef<HTMLDivElement>(null)
  const models = table.getRowModel().rows
  const virtualizer = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (wide ? 57 : 96),
    getItemKey: (index) => models[index]?.id ?? index,
    overscan: 8,
  })
  const items = virtualizer.getVirtualItems()

  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= models.length - 10) onLoadMore?.()
  }, [hasMore, isLoadingMore, last, models.length, onLoadMore])

  if (props.error && rows.length === 0)
    return <ErrorState error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />
  if (!props.isPending && rows.length === 0) return <>{empty}</>

  const headers = table.getHeaderGroups()[0]?.headers ?? []
  const visible = headers.filter((h) => {
    const from = h.column.columnDef.meta?.from
    return from === undefined || shows[from]
  })
  const template = visible.map((h) => h.column.columnDef.meta?.width ?? 'minmax(0,1fr)').join(' ')

  const move = (event: KeyboardEvent<HTMLDivElement>, index: number) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || event.target !== event.currentTarget) return
    event.preventDefault()
    const next = Math.min(models.length - 1, Math.max(0, index + step))
    virtualizer.scrollToIndex(next)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus(),
    )
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: virtual rows are placed by CSS, which table elements do not take
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : models.length + 1}
      aria-busy={props.isPending}
      className="max-h-[calc(100dvh-15rem)] min-h-64 overflow-y-auto overscroll-contain"
    >
      {wide && (
        // biome-ignore lint/a11y/useSemanticElements: see above
        // biome-ignore lint/a11y/useFocusableInteractive: a row of headings is not interactive
        <div
          role="row"
          className="sticky top-0 z-10 grid items-center gap-4 border-b border-line bg-surface px-5"
          style={{ gridTemplateColumns: template }}
        >
          {visible.map((header) => {
            const meta = header.column.columnDef.meta
            return (
              <HeaderCell key={header.id} meta={meta} sort={sort} onSort={onSort}>
                <table.FlexRender header={header} />
              </HeaderCell>
            )
          })}
        </div>
      )}
      {props.isPending ? (
        <div className="divide-y divide-line">
          {Array.from({ length: 8 }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
            <div key={i} className="flex h-14 items-center gap-4 px-5">
              <Skeleton className="size-8 rounded-lg" />
              <Skeleton className="h-3 w-1/3" />
              <Skeleton className="ml-auto h-3 w-1/6" />
            </div>
          ))}
        </div>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = models[item.index]
            if (!row) return null
            return (
              <Row
                key={row.id}
                measure={virtualizer.measureElement}
                index={item.index}
                start={item.start}
                freshKey={`${props.freshPrefix ?? ''}:${row.id}`}
                testId={props.rowTestId}
                onOpen={onOpen && (() => onOpen(row.original))}
                onMove={move}
              >
                {wide ? (
                  <div
                    className="grid min-h-14 items-center gap-4 px-5 py-2"
                    style={{ gridTemplateColumns: template }}
                  >
                    {row
                      .getAllCells()
                      .filter((cell) => visible.some((h) => h.column.id === cell.column.id))
                      .map((cell) => (
                        // biome-ignore lint/a11y/useSemanticElements: see above
                        <div
                          key={cell.id}
                          role="cell"
                          className={cx(
                            'min-w-0 truncate',
                            cell.column.columnDef.meta?.align === 'end' && 'text-right tabular-nums',
                          )}
                        >
                          <table.FlexRender cell={cell} />
                        </div>
                      ))}
                  </div>
                ) : (
                  // biome-ignore lint/a11y/useSemanticElements: see above
                  <div role="cell" className="px-4 py-3.5">
                    {card(row.original)}
                  </div>
                )}
              </Row>
            )
          })}
        </div>
      )}
      {isLoadingMore && <p className="py-3 text-center text-[13px] text-ink-muted">Loading more…</p>}
    </div>
  )
}

interface HeaderCellProps {
  meta: ColumnMeta | undefined
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
  children: ReactNode
}

function HeaderCell({ meta, sort, onSort, children }: HeaderCellProps) {
  const field = meta?.sort
  const direction =
    field && sort === field ? 'ascending' : field && sort === `-${field}` ? 'descending' : undefined
  const Icon = direction === 'ascending' ? ArrowUp : direction === 'descending' ? ArrowDown : ChevronsUpDown
  const next = () => {
    if (direction === undefined) return meta?.descFirst ? `-${field}` : `${field}`
    return direction === 'ascending' ? `-${field}` : `${field}`
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    // biome-ignore lint/a11y/useFocusableInteractive: the button inside is
    <div
      role="columnheader"
      aria-sort={field ? (direction ?? 'none') : undefined}
      className={cx(
        'flex h-10 min-w-0 items-center text-xs font-medium text-ink-muted',
        meta?.align === 'end' && 'justify-end',
      )}
    >
      {field && onSort ? (
        <button
          type="button"
          onClick={() => onSort(next())}
          className="-mx-1.5 flex min-w-0 items-center gap-1 rounded-md px-1.5 py-1 hover:text-ink"
        >
          <span className="truncate">{children}</span>
          <Icon
            aria-hidden
            className={cx('size-3.5 shrink-0', direction ? 'text-ink' : 'text-ink-faint opacity-60')}
          />
        </button>
      ) : (
        <span className="truncate">{children}</span>
      )}
    </div>
  )
}

interface RowProps {
  measure: (element: HTMLElement | null) => void
  index: number
  start: number
  freshKey: string
  testId: string | undefined
  onOpen: (() => void) | undefined
  onMove: (event: KeyboardEvent<HTMLDivElement>, index: number) => void
  children: ReactNode
}

/** What is pressed by itself inside a row; the row then stays shut. */
const INNER = 'a, button, input, select, textarea, [role="button"], [role="menuitem"], [role="switch"]'

function Row({ measure, index, start, freshKey, testId, onOpen, onMove, children }: RowProps) {
  const fresh = useFresh(freshKey)
  const press = (event: MouseEvent<HTMLDivElement>) => {
    if (!(event.target as Element).closest(INNER) && !window.getSelection()?.toString()) onOpen?.()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div
      ref={measure}
      data-index={index}
      data-testid={testId}
      role="row"
      aria-rowindex={index + 2}
      tabIndex={onOpen ? 0 : -1}
      onClick={press}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) onOpen?.()
        else onMove(event, index)
      }}
      className={cx(
        'absolute top-0 left-0 w-full border-b border-line -outline-offset-2 focus-visible:outline-accent',
        onOpen && 'cursor-pointer hover:bg-sunken',
        fresh && 'fresh',
      )}
      style={{ transform: `translateY(${start}px)` }}
    >
      {children}
    </div>
  )
}
