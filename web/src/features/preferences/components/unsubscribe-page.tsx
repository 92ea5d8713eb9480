import { BellOff, CircleCheck, Link2Off } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError, type MailSubscription, messageOf } from '@/api'
import { LogoMark } from '@/components/logo'
import { PageTitle } from '@/components/page-title'
import { Button, Card, ErrorState, FormError, LinkButton, Skeleton } from '@/components/ui'
import { useSubscription, useUnsubscribe } from '../api/subscription'

/** What will no longer come, as the end of "You will no longer get …". */
const mails: Record<string, string> = {
  digest: 'the digests of what happened in the last hour or day',
  unseen: 'mails about what you have not seen in time',
  notice: 'a mail for each event at once',
}

/** Ends a kind of mail without a session; a mail's link leads here. */
export function UnsubscribePage({ token }: { token: string }) {
  const { data: subscription, error, refetch } = useSubscription(token)
  const unknown = error instanceof ApiError && error.status === 404
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4 py-10">
      <PageTitle>Unsubscribe</PageTitle>
      <LogoMark className="size-9" />
      <Card className="w-full max-w-md px-6 py-8 text-center">
        {unknown && !subscription ? (
          <State icon={<Link2Off />} title="This link is not valid">
            Check that it was copied whole, or change your preferences by hand.
            <Preferences label="Open the preferences" />
          </State>
        ) : error && !subscription ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : !subscription ? (
          <Skeleton className="h-40" />
        ) : (
          <Ready token={token} subscription={subscription} />
        )}
      </Card>
    </main>
  )
}

function Ready({ token, subscription }: { token: string; subscription: MailSubscription }) {
  const unsubscribe = useUnsubscribe(token)
  const what = mails[subscription.what] ?? 'these mails'
  if (subscription.done) {
    return (
      <State icon={<CircleCheck />} title="Unsubscribed">
        <span role="status">
          <strong className="font-medium text-ink">{subscription.email}</strong> no longer gets {what}. Your
          inbox keeps everything.
        </span>
        <Preferences label="Change your mind in the preferences" />
      </State>
    )
  }
  return (
    <State icon={<BellOff />} title="Stop these mails?">
      <span>
        <strong className="font-medium text-ink">{subscription.email}</strong> will no longer get {what}.
        Everything else stays as it is.
      </span>
      <span className="mt-6 flex flex-col gap-3">
        <FormError message={unsubscribe.error ? messageOf(unsubscribe.error) : undefined} />
        <Button isPending={unsubscribe.isPending} onPress={() => unsubscribe.mutate()}>
          Unsubscribe
        </Button>
      </span>
    </State>
  )
}

function State({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <>
      <span className="mx-auto mb-3 flex size-11 items-center justify-center rounded-full bg-accent-soft text-accent [&_svg]:size-5">
        {icon}
      </span>
      <h1 className="text-lg font-semibold text-ink">{title}</h1>
      <div className="mt-2 flex flex-col [overflow-wrap:anywhere] text-ink-muted">{children}</div>
    </>
  )
}

const Preferences = ({ label }: { label: string }) => (
  <LinkButton to="/preferences" variant="secondary" className="mt-6">
    {label}
  </LinkButton>
)
