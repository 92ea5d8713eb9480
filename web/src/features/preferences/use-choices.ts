import { useState } from 'react'
import { ApiError, messageOf } from '@/api'
import { toast } from '@/components/ui'
import { type OwnPreferences, usePreferences, useSavePreferences } from './api/preferences'
import { type Choices, changeOf, choicesOf, same } from './choices'

interface Draft {
  choices: Choices
  /** What was on the page when the person began to change it. */
  from: OwnPreferences
}

/**
 * The choices on the page, saved together. What is saved counts as done at once and comes back if the server
 * refuses it; what was changed elsewhere meanwhile is never overwritten without the person's word.
 */
export function useChoices(saved: OwnPreferences) {
  const { refetch } = usePreferences()
  const { mutateAsync, isPending } = useSavePreferences()
  const [draft, setDraft] = useState<Draft>()
  /** What is on its way to the server: shown as saved already. */
  const [sending, setSending] = useState<Choices>()
  const [stale, setStale] = useState(false)
  const [error, setError] = useState<string>()

  const now = sending ?? choicesOf(saved)
  const choices = draft?.choices ?? now
  const isDirty = draft !== undefined && !same(draft.choices, now)

  const discard = () => {
    setDraft(undefined)
    setStale(false)
    setError(undefined)
  }

  const send = async (wanted: Choices, from: OwnPreferences): Promise<void> => {
    try {
      await mutateAsync({ ...changeOf(choicesOf(from), wanted), version: from.version })
      toast.success('Saved')
    } catch (cause) {
      if (cause instanceof ApiError && cause.code === 'stale_version') {
        const latest = (await refetch()).data
        // Nothing of what the page shows is different: go on from there.
        if (latest && latest.version > from.version && same(choicesOf(latest), choicesOf(from))) {
          return send(wanted, latest)
        }
        setStale(true)
      } else {
        setError(messageOf(cause))
      }
      setDraft((typed) => typed ?? { choices: wanted, from })
    }
  }

  return {
    choices,
    isDirty,
    isPending,
    stale,
    error,
    change: (next: Choices) => {
      setError(undefined)
      setDraft({ choices: next, from: draft?.from ?? saved })
    },
    discard,
    save: async () => {
      if (!draft || isPending) return
      const { choices: wanted, from } = draft
      setDraft(undefined)
      setSending(wanted)
      setStale(false)
      setError(undefined)
      await send(wanted, from)
      setSending(undefined)
    },
    /** Takes what is there now, for the price of what was changed here. */
    load: async () => {
      await refetch()
      discard()
    },
  }
}
