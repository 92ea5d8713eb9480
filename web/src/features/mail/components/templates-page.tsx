import { Link } from '@tanstack/react-router'
import { ArrowLeft, MailX, Send } from 'lucide-react'
import { useState } from 'react'
import type { Delivery, MailPreview, MailTemplate } from '@/api'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  PageHeader,
  Segmented,
  Select,
  Skeleton,
  toastError,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { usePreview, useSendTest, useTemplates } from '../api/templates'
import { HeadLine, MailFrame, MailText } from './mail-body'

interface Props {
  kind: string | undefined
  onKind: (kind: string) => void
}

/** How every mail looks, and a way to see it in one's own mailbox. */
export function TemplatesPage({ kind, onKind }: Props) {
  const { data: templates, error, refetch } = useTemplates()
  const chosen = templates?.find((t) => t.kind === kind) ?? templates?.[0]
  return (
    <>
      <PageTitle>Mail templates</PageTitle>
      <Link
        to="/deliveries"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] font-medium text-ink-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Deliveries
      </Link>
      <PageHeader
        title="Mail templates"
        description="What people receive, with made-up names; the colours are those of each business."
      />
      {error && !templates ? (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      ) : !templates ? (
        <Skeleton className="h-96 rounded-2xl" />
      ) : !chosen ? (
        <Card>
          <EmptyState icon={<MailX />} title="This server writes no mails" />
        </Card>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[16rem_minmax(0,1fr)]">
          <Choice templates={templates} chosen={chosen} onKind={onKind} />
          <Preview key={chosen.kind} template={chosen} />
        </div>
      )}
    </>
  )
}

interface ChoiceProps {
  templates: MailTemplate[]
  chosen: MailTemplate
  onKind: (kind: string) => void
}

/** A list beside the mail; on a phone a select above it. */
function Choice({ templates, chosen, onKind }: ChoiceProps) {
  return (
    <>
      <Select
        label="Template"
        className="lg:hidden"
        value={chosen.kind}
        onChange={onKind}
        options={templates.map(({ kind, title }) => ({ value: kind, label: title }))}
      />
      <Card className="hidden p-2 lg:block">
        <ul aria-label="Templates" className="flex flex-col gap-0.5">
          {templates.map(({ kind, title }) => (
            <li key={kind}>
              <button
                type="button"
                aria-current={kind === chosen.kind || undefined}
                onClick={() => onKind(kind)}
                className={cx(
                  'w-full rounded-lg px-3 py-2 text-left text-sm transition-colors',
                  kind === chosen.kind
                    ? 'bg-accent-soft font-medium text-accent'
                    : 'text-ink-muted hover:bg-sunken hover:text-ink',
                )}
              >
                {title}
              </button>
            </li>
          ))}
        </ul>
      </Card>
    </>
  )
}

const viewOptions = [
  { value: 'html' as const, label: 'Mail' },
  { value: 'text' as const, label: 'Text' },
]

function Preview({ template }: { template: MailTemplate }) {
  const { data: mail, error, refetch } = usePreview(template.kind)
  const [view, setView] = useState<'html' | 'text'>('html')
  if (error && !mail) {
    return (
      <Card>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  if (!mail) return <Skeleton className="h-96 rounded-2xl" />
  return (
    <Card className="overflow-hidden" data-testid="mail-preview">
      <header className="flex flex-col gap-3 border-b border-line px-5 py-4">
        <h2 className="font-semibold break-words text-ink">{mail.subject}</h2>
        <dl className="flex flex-col gap-1">
          <HeadLine name="From" value={mail.from} />
          <HeadLine name="To" value={mail.to} />
        </dl>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Segmented label="What to show" options={viewOptions} value={view} onChange={setView} />
          <SendTest mail={mail} />
        </div>
      </header>
      {view === 'html' ? <MailFrame html={mail.html} title={mail.subject} /> : <MailText text={mail.text} />}
    </Card>
  )
}

function SendTest({ mail }: { mail: MailPreview }) {
  const send = useSendTest()
  const [sent, setSent] = useState<Delivery>()
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className="text-[13px] text-ink-muted">
        {sent && (
          <>
            On its way to {sent.address}.{' '}
            <Link
              to="/deliveries"
              search={{ open: sent.id }}
              className="text-accent underline-offset-2 hover:underline"
            >
              See what becomes of it
            </Link>
          </>
        )}
      </p>
      <Button
        variant="secondary"
        size="sm"
        isPending={send.isPending}
        onPress={() => send.mutate(mail.kind, { onSuccess: setSent, onError: toastError })}
      >
        <Send aria-hidden className="size-4" />
        Send me a test
      </Button>
    </div>
  )
}
