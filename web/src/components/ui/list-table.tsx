import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ComponentProps } from 'react'
import type { Page } from '@/api'
import { rowsOf } from '@/live'
import { Card } from './card'
import { DataTable } from './data-table'

type TableProps<T extends { id: string }> = ComponentProps<typeof DataTable<T>>

interface Props<T extends { id: string }>
  extends Pick<TableProps<T>, 'label' | 'columns' | 'card' | 'empty' | 'freshPrefix' | 'rowTestId'> {
  /** The list as it comes from the server, page by page. */
  list: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  onOpen?: (row: T) => void
  sort: string | undefined
  /** The server's own order; the address does not name it. */
  defaultSort: string
  onSort: (sort: string | undefined) => void
}

/** A list of the API as a table that loads more as one scrolls. */
export function ListTable<T extends { id: string }>({ list, sort, defaultSort, onSort, ...table }: Props<T>) {
  return (
    <Card className="overflow-hidden">
      <DataTable
        {...table}
        rows={rowsOf(list.data)}
        sort={sort ?? defaultSort}
        onSort={(next) => onSort(next === defaultSort ? undefined : next)}
        isPending={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
    </Card>
  )
}
