import { type KeyboardEvent, type MouseEvent, useRef } from 'react'
import type { Reservation, Week } from '@/api'
import { cx } from '@/lib/cx'
import { useNow } from '@/lib/use-now'
import { dateOf, snap } from '../dates'
import { type Column, hourLines, scalesOf, shownMinutes } from '../grid'
import { layout } from '../layout'
import { useDrag } from '../use-drag'
import { EventBlock } from './event-block'

const PIXELS_PER_MINUTE = 1.2
const MINUTE = 60_000

interface Props {
  columns: Column[]
  zone: string
  hours: Week | undefined
  /** Ids of reservations whose change is under way. */
  busy: ReadonlySet<string>
  /** Whether the reservations of these columns are still being read. */
  loading: boolean
  onOpen: (id: string) => void
  onMove: (reservation: Reservation, start: number, column: Column) => void
  /** An empty place was chosen. */
  onEmpty: (start: number, column: Column) => void
}

const movable = (r: Reservation) => r.status === 'pending' || r.status === 'confirmed'

/** Columns of time, from top to bottom. */
export function TimeGrid({ columns, zone, hours, busy, loading, onOpen, onMove, onEmpty }: Props) {
  const grid = useRef<HTMLDivElement>(null)
  const now = useNow()
  const today = columns.every((c) => c.date === columns[0]?.date) ? undefined : dateOf(now, zone)
  const scaleOf = scalesOf(columns, zone)
  const shown = shownMinutes(columns, scaleOf, hours, zone)
  const height = (shown.to - shown.from) * PIXELS_PER_MINUTE
  const { drag, grab, wasDragged } = useDrag({
    grid,
    shown,
    pixelsPerMinute: PIXELS_PER_MINUTE,
    onDrop: (reservation, minutes, key) => {
      const to = columns.find((c) => c.key === key)
      if (to) onMove(reservation, scaleOf(to).instantAt(minutes), to)
    },
  })
  const lines = hourLines(columns, zone, shown)
  const top = (column: Column, at: number) => (scaleOf(column).minutesAt(at) - shown.from) * PIXELS_PER_MINUTE
  const empty = (event: MouseEvent<HTMLElement>, column: Column) => {
    if (event.target !== event.currentTarget || loading) return
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top
    const at = scaleOf(column).instantAt(shown.from + y / PIXELS_PER_MINUTE)
    onEmpty(snap(at - 7.5 * MINUTE, 15), column)
  }
  return (
    <section
      aria-label="Calendar"
      aria-busy={loading}
      className="relative overflow-x-auto rounded-2xl border border-line bg-surface shadow-card"
      ref={grid}
      onKeyDown={walk}
    >
      <div
        className="grid"
        style={{ gridTemplateColumns: `4rem repeat(${columns.length}, minmax(6.5rem, 1fr))` }}
      >
        <span className="sticky left-0 z-30 bg-surface" />
        {columns.map((column) => (
          <h3
            key={column.key}
            className={cx(
              'min-w-0 truncate border-line border-b border-l px-2 py-2 text-center font-medium text-[13px]',
              column.date === today && 'text-accent',
            )}
            title={column.title}
          >
            {column.title}
          </h3>
        ))}
        <div aria-hidden className="sticky left-0 z-30 bg-surface" style={{ height }}>
          {lines.map((line) => (
            <span
              key={line.minutes}
              className="absolute right-2 -translate-y-1/2 text-[11px] text-ink-muted tabular-nums"
              style={{
                top: Math.min(height - 10, Math.max(8, (line.minutes - shown.from) * PIXELS_PER_MINUTE)),
              }}
            >
              {line.label}
            </span>
          ))}
        </div>
        {columns.map((column) => (
          // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents: no form's group; the press is a shortcut for the button Walk-in
          <div
            key={column.key}
            data-column={column.key}
            data-testid="column"
            data-title={column.title}
            role="group"
            aria-label={column.title}
            onClick={(event) => empty(event, column)}
            className={cx(
              'relative border-line border-l transition-opacity',
              loading ? 'cursor-progress opacity-60' : 'cursor-cell',
              drag?.column === column.key && 'bg-accent-soft/50',
            )}
            style={{ height }}
          >
            {column.closed.map(([from, to]) => (
              <Closed
                key={`${from}-${to}`}
                top={top(column, from)}
                bottom={top(column, to)}
                height={height}
              />
            ))}
            {lines.map((line) => (
              <span
                key={line.minutes}
                aria-hidden
                className="pointer-events-none absolute inset-x-0 border-line border-t"
                style={{ top: (line.minutes - shown.from) * PIXELS_PER_MINUTE }}
              />
            ))}
            {column.items.filter(movable).map((item) => (
              <Buffer
                key={item.id}
                top={top(column, Date.parse(item.end_time))}
                bottom={top(column, Date.parse(item.blocked_until))}
              />
            ))}
            {layout(column.items).map(({ item, lane, lanes }) => {
              const moving = drag?.id === item.id ? drag : undefined
              const start = Date.parse(item.start_time)
              const to = moving ? scaleOf(column).instantAt(moving.minutes) : start
              const length = (Date.parse(item.end_time) - start) / MINUTE
              const place = { column: column.key, minutes: scaleOf(column).minutesAt(start), length }
              const free = movable(item) && !busy.has(item.id)
              return (
                <EventBlock
                  key={item.id}
                  reservation={moving ? shifted(item, to - start) : item}
                  zone={zone}
                  dragging={moving !== undefined}
                  movable={free}
                  style={{
                    top: top(column, to),
                    height: Math.max(18, length * PIXELS_PER_MINUTE - 1),
                    left: `calc(${(lane / lanes) * 100}% + 2px)`,
                    width: `calc(${100 / lanes}% - 4px)`,
                    ...(moving && { transform: `translateX(${moving.aside}px)` }),
                  }}
                  onOpen={(byKeyboard) => (byKeyboard || !wasDragged()) && onOpen(item.id)}
                  onGrab={(event) => free && grab(event, item, place)}
                />
              )
            })}
            <NowLine top={top(column, now)} height={height} />
          </div>
        ))}
      </div>
      <p className="sticky left-0 border-line border-t px-4 py-2 text-[13px] text-ink-muted pointer-coarse:hidden">
        Drag to move by quarters of an hour, with Shift by five minutes. Press an empty place to book it.
      </p>
    </section>
  )
}

const shifted = (r: Reservation, by: number): Reservation => ({
  ...r,
  start_time: new Date(Date.parse(r.start_time) + by).toISOString(),
  end_time: new Date(Date.parse(r.end_time) + by).toISOString(),
})

/** Arrow keys go from one reservation to the next. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  if (!step) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-reservation]')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  all[(at + step + all.length) % all.length]?.focus()
}

function Closed({ top, bottom, height }: { top: number; bottom: number; height: number }) {
  const from = Math.max(0, top)
  const to = Math.min(height, bottom)
  if (to <= from) return null
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute inset-x-0 bg-sunken/80 dark:bg-line/50"
      style={{ top: from, height: to - from }}
    />
  )
}

/** The time after an appointment that is kept free for what has to be done then. */
function Buffer({ top, bottom }: { top: number; bottom: number }) {
  if (bottom - top < 1) return null
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute rounded-b-md border border-line-strong border-t-0 border-dashed bg-sunken/60"
      style={{ top: top - 1, height: bottom - top, left: 2, right: 2 }}
    />
  )
}

function NowLine({ top, height }: { top: number; height: number }) {
  if (top < 0 || top > height) return null
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute inset-x-0 z-20 border-bad border-t-2"
      style={{ top }}
    />
  )
}
