import { useBlocker } from '@tanstack/react-router'
import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMe } from '@/api/me'
import { PageTitle } from '@/components/page-title'
import {
  Button,
  Card,
  CardHeader,
  ConfirmDialog,
  ErrorState,
  FormError,
  PageHeader,
  Skeleton,
} from '@/components/ui'
import { cx } from '@/lib/cx'
import { type OwnPreferences, usePreferences } from '../api/preferences'
import { type Choices, problemOf } from '../choices'
import { useChoices } from '../use-choices'
import { choicesInWords } from '../words'
import { RulesCard } from './rules-card'
import { TimesCard } from './times-card'

/** How a person wants to hear of events; the children are about their devices. */
export function PreferencesPage({ children }: { children?: ReactNode }) {
  const { data: saved, error, refetch } = usePreferences()
  return (
    <div className="mx-auto max-w-5xl">
      <PageTitle>Preferences</PageTitle>
      <PageHeader title="Preferences" description="How you hear of what happens." />
      <div className="flex flex-col gap-5">
        {saved ? (
          <Form saved={saved} />
        ) : error ? (
          <Card>
            <ErrorState error={error} onRetry={() => void refetch()} />
          </Card>
        ) : (
          <>
            <Skeleton className="h-80 rounded-2xl" />
            <Skeleton className="h-48 rounded-2xl" />
          </>
        )}
        {children}
      </div>
    </div>
  )
}

function Form({ saved }: { saved: OwnPreferences }) {
  const me = useMe()
  const { choices, change, isDirty, isPending, stale, error, save, discard, load } = useChoices(saved)
  const problem = problemOf(choices)
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (!problem) void save()
      }}
    >
      <RulesCard choices={choices} onChange={change} ownsBusiness={me.is_business_owner} />
      <TimesCard choices={choices} onChange={change} />
      <Summary choices={choices} />
      <div
        className={cx(
          '-mx-1 flex flex-col gap-3 px-1 py-3',
          isDirty && 'sticky bottom-0 z-10 bg-canvas/95 backdrop-blur',
        )}
      >
        {stale && <ChangedElsewhere onLoad={load} />}
        <FormError message={problem ?? error} />
        <div className="flex flex-wrap items-center justify-end gap-2">
          <p role="status" className="flex-1 text-[13px] text-ink-muted">
            {isDirty ? 'There are changes that are not saved.' : isPending ? 'Saving…' : ''}
          </p>
          <Button variant="secondary" isDisabled={!isDirty} onPress={discard}>
            Discard
          </Button>
          <Button type="submit" isDisabled={!isDirty || problem !== undefined} isPending={isPending}>
            Save
          </Button>
        </div>
      </div>
      <LeaveGuard unsaved={isDirty} />
    </form>
  )
}

/** The choices in words, as they are made. */
function Summary({ choices }: { choices: Choices }) {
  return (
    <Card>
      <CardHeader title="What will happen" />
      <div role="status" data-testid="preferences-in-words" className="pb-5">
        <ul className="flex list-disc flex-col gap-1.5 pr-5 pl-9 text-ink marker:text-ink-faint">
          {choicesInWords(choices).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
    </Card>
  )
}

function ChangedElsewhere({ onLoad }: { onLoad: () => Promise<void> }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg bg-warn-soft px-3 py-2.5 text-[13px] text-warn"
    >
      <p className="min-w-0 flex-1 basis-64">
        Your preferences were changed on another device, or by a link in a mail. What you chose is still here;
        loading again replaces it.
      </p>
      <Button variant="secondary" size="sm" onPress={() => void onLoad()}>
        <RefreshCw aria-hidden className="size-3.5" />
        Load them again
      </Button>
    </div>
  )
}

/** Asks before one goes away from what is not saved. */
function LeaveGuard({ unsaved }: { unsaved: boolean }) {
  const blocker = useBlocker({
    // A session that is over cannot be kept waiting.
    shouldBlockFn: ({ next }) => unsaved && next.pathname !== '/sign-in',
    enableBeforeUnload: unsaved,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      title="Leave without saving?"
      action="Leave"
      danger
      isOpen={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      onConfirm={async () => blocker.proceed?.()}
    >
      What you changed here is not saved yet.
    </ConfirmDialog>
  )
}
