import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { cx } from '@/lib/cx'
import { columnsOf, moveInGrid } from '../grid-keys'
import type { ShownSlot } from '../slots'
import type { bothTimes } from '../zone'

/** An appointment that is the customer's own already, and so in nobody's way. */
export interface Own {
  chair: string
  start_time: string
}

type Label = ReturnType<typeof bothTimes>

interface GridProps {
  slots: ShownSlot[]
  /** How each start is written. */
  labels: Map<string, Label>
  own: Own | undefined
  pending: string | undefined
  onChoose: (slot: ShownSlot) => void
}

/** One stop for the Tab key; arrows lead from time to time. */
export function TimeGrid({ slots, labels, own, pending, onChoose }: GridProps) {
  const list = useRef<HTMLUListElement>(null)
  const [focused, setFocused] = useState<string>()
  const here = slots.find((slot) => slot.start === focused)
  const reachable = here ?? slots.find((slot) => slot.free.length > 0) ?? slots[0]
  const move = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = moveInGrid(event.key, at, columnsOf(buttons), buttons.length)
    if (at < 0 || to === undefined) return
    event.preventDefault()
    buttons[to]?.focus()
  }
  return (
    <>
      <ul
        ref={list}
        aria-labelledby="times"
        className="grid grid-cols-3 gap-2 sm:grid-cols-4"
        onKeyDown={move}
        onBlur={() => setFocused(undefined)}
      >
        {slots.map((slot) => (
          <li key={slot.start}>
            <Time
              slot={slot}
              label={labels.get(slot.start)}
              isOwn={own !== undefined && Date.parse(own.start_time) === Date.parse(slot.start)}
              isPending={pending === slot.start}
              isReachable={slot === reachable}
              onFocus={() => setFocused(slot.start)}
              onChoose={() => pending === undefined && onChoose(slot)}
            />
          </li>
        ))}
      </ul>
      <JustTaken slot={here} time={here && labels.get(here.start)?.time} />
    </>
  )
}

/** Tells who is at a time that somebody else has just taken it. */
function JustTaken({ slot, time }: { slot: ShownSlot | undefined; time: string | undefined }) {
  const [note, setNote] = useState('')
  const known = useRef<ShownSlot>(undefined)
  useEffect(() => {
    const wasFree = known.current && known.current.free.length > 0
    if (slot && known.current?.start === slot.start && wasFree && slot.free.length === 0) {
      setNote(`${time} has just been taken by somebody else.`)
    } else if (slot && slot.free.length > 0) setNote('')
    known.current = slot
  }, [slot, time])
  return (
    <p role="status" data-testid="just-taken" className={cx('text-[13px] text-warn', note && 'mt-3')}>
      {note}
    </p>
  )
}

interface TimeProps {
  slot: ShownSlot
  label: Label | undefined
  isOwn: boolean
  isPending: boolean
  isReachable: boolean
  onFocus: () => void
  onChoose: () => void
}

/** A time that is taken keeps the focus, so that whoever is there can go on from it. */
function Time({ slot, label, isOwn, isPending, isReachable, onFocus, onChoose }: TimeProps) {
  const taken = slot.free.length === 0
  const state = isOwn ? 'your appointment now' : taken ? 'taken' : undefined
  return (
    <button
      type="button"
      aria-disabled={taken || isOwn}
      aria-busy={isPending}
      tabIndex={isReachable ? 0 : -1}
      onFocus={onFocus}
      onClick={() => !taken && !isOwn && onChoose()}
      data-start={slot.start}
      data-taken={taken || undefined}
      className={cx(
        'flex h-11 w-full flex-col items-center justify-center rounded-lg border font-medium text-sm leading-tight tabular-nums transition-colors duration-500 focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-2',
        isOwn && 'border-accent border-dashed bg-accent-soft text-accent',
        taken && !isOwn && 'border-line bg-sunken text-ink-faint line-through',
        !taken &&
          !isOwn &&
          'cursor-pointer border-line-strong bg-surface text-ink shadow-card hover:border-accent hover:bg-accent-soft',
        isPending && 'animate-pulse border-accent bg-accent-soft',
      )}
    >
      {label?.time}
      {label?.own && (
        <span className="font-normal text-[11px] text-ink-muted">
          {label.own}
          <span className="sr-only">your time</span>
        </span>
      )}
      {state && <span className="sr-only">{state}</span>}
    </button>
  )
}
