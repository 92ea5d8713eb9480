import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import { ApiError } from '@/api'
import { applyApiError } from '@/components/ui'

interface Options<Row, Values> {
  /** The row as it is now, as live events change it; undefined for one that is being made. */
  row: Row | undefined
  /** What the form shows of a row; told of the same fields, it gives the same text. */
  toValues: (row: Row) => Values
  /** Sends the values, for the version they were made from. */
  save: (values: Values, version: number) => Promise<Row>
  onSaved: (row: Row) => void
  /** Asks the server for the row again. */
  reload: () => Promise<Row | undefined>
}

interface Versioned {
  submit: (event?: React.BaseSyntheticEvent) => Promise<void>
  /** Somebody else changed what the form shows while it was being filled in. */
  stale: boolean
  /** Fills the form with what is there now, for the price of what was typed. */
  load: () => Promise<void>
  formRef: RefObject<HTMLFormElement | null>
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * A form for a row that others may change meanwhile. What they change comes into a form that nobody has typed
 * into; changes of fields that the form does not have are taken note of; the rest is a conflict, and nothing
 * that was typed is lost before the person says so.
 */
export function useVersioned<Row extends { version: number }, Values extends FieldValues>(
  form: UseFormReturn<Values>,
  { row, toValues, save, onSaved, reload }: Options<Row, Values>,
): Versioned {
  const formRef = useRef<HTMLFormElement>(null)
  /** What the form was filled from. */
  const [base, setBase] = useState(row)
  const [refused, setRefused] = useState(false)
  const { isDirty, isSubmitting, submitCount } = form.formState

  const fill = useCallback(
    (next: Row) => {
      form.reset(toValues(next))
      setBase(next)
      setRefused(false)
    },
    [form, toValues],
  )

  const newer = row && base && row.version > base.version ? row : undefined
  const conflict = newer !== undefined && base !== undefined && !same(toValues(newer), toValues(base))

  useEffect(() => {
    if (!newer || isSubmitting) return
    if (!isDirty) fill(newer)
    else if (!conflict) setBase(newer)
  }, [newer, isSubmitting, isDirty, conflict, fill])

  // The count grows once the complaints about what was sent are on the page.
  useEffect(() => {
    if (submitCount > 0) formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [submitCount])

  const send = async (values: Values, from: Row | undefined): Promise<void> => {
    try {
      const saved = await save(values, from?.version ?? 0)
      fill(saved)
      onSaved(saved)
    } catch (error) {
      if (from && error instanceof ApiError && error.code === 'stale_version') {
        const latest = await reload().catch(() => undefined)
        // Others changed what this form does not show: nobody loses anything if it goes on from there.
        if (latest && latest.version > from.version && same(toValues(latest), toValues(from))) {
          return send(values, latest)
        }
        setRefused(true)
        return
      }
      applyApiError(form, error)
    }
  }

  return {
    submit: form.handleSubmit((values) => send(values, base)),
    stale: refused || (conflict && isDirty && !isSubmitting),
    load: async () => {
      const latest = newer ?? (await reload().catch(() => undefined))
      if (latest) fill(latest)
    },
    formRef,
  }
}
