import { Download } from 'lucide-react'
import type { StoredMailContent } from '@/api'
import { Button, Card, ErrorState, Segmented, Skeleton } from '@/components/ui'
import { formatBytes, formatDayTime } from '@/lib/format'
import { useStoredMail } from '../api/stored'
import { HeadLine, MailFrame, MailText } from './mail-body'

export const views = ['html', 'text', 'headers'] as const
export type View = (typeof views)[number]

const viewOptions = [
  { value: 'html' as const, label: 'Mail' },
  { value: 'text' as const, label: 'Text' },
  { value: 'headers' as const, label: 'Headers' },
]

interface Props {
  id: string
  view: View
  onView: (view: View) => void
}

/** One mail of the folder. */
export function StoredMailView({ id, view, onView }: Props) {
  const { data: mail, error, refetch } = useStoredMail(id)
  if (error && !mail) {
    return (
      <Card>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  if (!mail) return <Skeleton className="h-96 rounded-2xl" />
  return (
    <Card className="overflow-hidden" data-testid="stored-mail">
      <header className="flex flex-col gap-3 border-b border-line px-5 py-4">
        <h2 className="font-semibold break-words text-ink">{mail.subject || '(no subject)'}</h2>
        <dl className="flex flex-col gap-1">
          <HeadLine name="From" value={mail.from} />
          <HeadLine name="To" value={mail.to} />
          <HeadLine name="Date" value={formatDayTime(mail.at)} />
        </dl>
        <Attachments mail={mail} />
        <div>
          <Segmented label="What to show" options={viewOptions} value={view} onChange={onView} />
        </div>
      </header>
      {view === 'html' ? (
        <MailFrame html={mail.html} title={mail.subject} />
      ) : view === 'text' ? (
        <MailText text={mail.text} />
      ) : (
        <Headers mail={mail} />
      )}
    </Card>
  )
}

function Attachments({ mail }: { mail: StoredMailContent }) {
  if (mail.attachments.length === 0) return null
  return (
    <ul aria-label="Attachments" className="flex flex-wrap gap-2">
      {mail.attachments.map((attachment, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a mail never changes
        <li key={i} className="min-w-0">
          <Button variant="secondary" size="sm" onPress={() => download(attachment)}>
            <Download aria-hidden className="size-4" />
            <span className="max-w-60 truncate">{attachment.name || attachment.type}</span>
            <span className="text-ink-muted">{formatBytes(attachment.size)}</span>
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** Saves an attachment as a file; never opened as a page of this origin. */
function download({ name, content }: StoredMailContent['attachments'][number]): void {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name || 'attachment'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

function Headers({ mail }: { mail: StoredMailContent }) {
  return (
    <dl className="divide-y divide-line">
      {mail.headers.map(({ name, value }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header may be there twice, and a mail never changes
        <div key={i} className="grid gap-x-4 px-5 py-2 sm:grid-cols-[12rem_minmax(0,1fr)]">
          <dt className="text-[13px] break-words text-ink-muted">{name}</dt>
          <dd className="font-mono text-[13px] [overflow-wrap:anywhere] text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
