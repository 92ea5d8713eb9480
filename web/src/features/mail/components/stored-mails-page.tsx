import { ArrowLeft, MailOpen, Server } from 'lucide-react'
import { ApiError, type StoredMail } from '@/api'
import { PageTitle } from '@/components/page-title'
import { Button, Card, EmptyState, ErrorState, PageHeader, RelativeTime, Skeleton } from '@/components/ui'
import { cx } from '@/lib/cx'
import { useMedia } from '@/lib/use-media'
import { useStoredMails } from '../api/stored'
import { StoredMailView, type View } from './stored-mail'

export interface StoredSearch {
  open?: string | undefined
  view?: View | undefined
}

interface Props {
  shown: StoredSearch
  onShow: (shown: StoredSearch) => void
}

/** The mails that would have left, where no mail server is set up. */
export function StoredMailsPage({ shown, onShow }: Props) {
  const list = useStoredMails()
  const wide = useMedia('(min-width: 1024px)')
  const mails = list.data?.pages.flatMap((page) => page.items) ?? []
  const bySmtp = list.error instanceof ApiError && list.error.status === 404
  const open = shown.open ?? (wide ? mails[0]?.id : undefined)
  return (
    <>
      <PageTitle>Mail folder</PageTitle>
      <PageHeader
        title="Mail folder"
        description="No mail server is set up: every mail lands here, and nowhere else."
      />
      {bySmtp ? (
        <Card>
          <EmptyState icon={<Server />} title="Mails leave by SMTP here">
            They are not kept in a folder. The deliveries say what became of each.
          </EmptyState>
        </Card>
      ) : list.error && mails.length === 0 ? (
        <Card>
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        </Card>
      ) : list.isPending ? (
        <Skeleton className="h-96 rounded-2xl" />
      ) : mails.length === 0 ? (
        <Card>
          <EmptyState icon={<MailOpen />} title="No mail yet">
            Book an appointment with an address, and its confirmation appears here.
          </EmptyState>
        </Card>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
          {(wide || !shown.open) && (
            <Card className="overflow-hidden lg:sticky lg:top-24">
              <ul
                aria-label="Mails"
                className="divide-y divide-line overflow-y-auto lg:max-h-[calc(100dvh-9rem)]"
              >
                {mails.map((mail) => (
                  <Line
                    key={mail.id}
                    mail={mail}
                    current={mail.id === open}
                    onOpen={() => onShow({ ...shown, open: mail.id })}
                  />
                ))}
                {list.hasNextPage && (
                  <li className="flex justify-center p-3">
                    <Button
                      variant="quiet"
                      size="sm"
                      isPending={list.isFetchingNextPage}
                      onPress={() => void list.fetchNextPage()}
                    >
                      Load older
                    </Button>
                  </li>
                )}
              </ul>
            </Card>
          )}
          {open && (
            <div className="min-w-0">
              {!wide && (
                <Button
                  variant="quiet"
                  size="sm"
                  className="mb-2"
                  onPress={() => onShow({ ...shown, open: undefined })}
                >
                  <ArrowLeft aria-hidden className="size-4" />
                  All mails
                </Button>
              )}
              <StoredMailView
                key={open}
                id={open}
                view={shown.view ?? 'html'}
                onView={(view) => onShow({ open, view: view === 'html' ? undefined : view })}
              />
            </div>
          )}
        </div>
      )}
    </>
  )
}

function Line({ mail, current, onOpen }: { mail: StoredMail; current: boolean; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        data-testid="mail-line"
        aria-current={current || undefined}
        onClick={onOpen}
        className={cx(
          'block w-full px-4 py-3 text-left -outline-offset-2 transition-colors',
          current ? 'bg-accent-soft' : 'hover:bg-sunken',
        )}
      >
        <span className="block truncate font-medium text-ink" title={mail.subject}>
          {mail.subject || '(no subject)'}
        </span>
        <span className="block truncate text-[13px] text-ink-muted" title={mail.to}>
          {mail.to}
        </span>
        <RelativeTime at={mail.at} className="text-xs text-ink-muted" />
      </button>
    </li>
  )
}
