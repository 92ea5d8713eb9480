import { useBlocker } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import type { BookingSettings } from '@/api'
import { Button, Card, CardHeader, ConfirmDialog, FormError, toast } from '@/components/ui'
import { type SettingsInput, useUpdateSettings } from '../api/save-settings'
import { useSettings } from '../api/settings'
import { useVersioned } from '../use-versioned'
import { ChangedElsewhere } from './changed-elsewhere'

interface Props<Values extends FieldValues> {
  title: string
  description: string
  settings: BookingSettings
  form: UseFormReturn<Values>
  toValues: (settings: BookingSettings) => Values
  toInput: (values: Values) => Partial<SettingsInput>
  children: ReactNode
}

/** A tab that is one form: its fields, and what became of them. */
export function SettingsForm<Values extends FieldValues>(props: Props<Values>) {
  const { form, settings, toValues, toInput } = props
  const { refetch } = useSettings(settings.business)
  const update = useUpdateSettings(settings.business)
  const { submit, stale, load, formRef } = useVersioned<BookingSettings, Values>(form, {
    row: settings,
    toValues,
    save: (values, version) => update.mutateAsync({ ...toInput(values), version }),
    onSaved: () => toast.success('Saved'),
    reload: async () => (await refetch()).data,
  })
  const { isDirty, isSubmitting, errors } = form.formState
  return (
    <Card>
      <CardHeader title={props.title} description={props.description} />
      <form ref={formRef} noValidate onSubmit={submit}>
        <div className="flex flex-col gap-5 px-5 pb-5">
          {stale && <ChangedElsewhere noun="this page" onLoad={load} />}
          <FormError message={errors.root?.server?.message} />
          {props.children}
        </div>
        <footer className="flex flex-wrap items-center justify-end gap-2 rounded-b-2xl border-t border-line bg-sunken px-5 py-3">
          <p role="status" className="flex-1 text-[13px] text-ink-muted">
            {isDirty ? 'There are changes that are not saved.' : ''}
          </p>
          <Button
            variant="secondary"
            isDisabled={!isDirty || isSubmitting}
            onPress={() => form.reset(toValues(settings))}
          >
            Discard
          </Button>
          <Button type="submit" isDisabled={!isDirty} isPending={isSubmitting}>
            Save
          </Button>
        </footer>
      </form>
      <LeaveGuard unsaved={isDirty} />
    </Card>
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
