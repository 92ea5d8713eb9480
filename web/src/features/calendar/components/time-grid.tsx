import { type KeyboardEvent, type MouseEvent, useRef } from 'react'
import type { Reservation, Week } from '@/api'
import { cx } from '@/lib/cx'
import { useNow } from '@/lib/use-now'
import { formatClock, snap, startOfDay } from '../dates'
import { type Column, hourLines, shownMinutes } from '../grid'
import { layout } from '../layout'
import { useDrag } from '../use-drag'
import { EventBlock } from './event-block'

const PIXELS_PER_MINUTE = 1.2
const STEP = 5
const MINUTE = 60_000

interface Props {
  columns: Column[]
  zone: string
  hours: Week | undefined
  onOpen: (id: string) => void
  onMove: (reservation: Reservation, start: number, column: Column) => void
  /** An empty place was chosen. */
  onEmpty: (start: number, column: Column) => void
}

const movable = (r: Reservation) => r.status === 'pending' || r.status === 'confirmed'

/** Columns of time, from top to bottom. */
export function TimeGrid({ columns, zone, hours, onOpen, onMove, onEmpty }: Props) {
  const grid = useRef<HTMLDivElement>(null)
  const now = useNow()
  const shown = shownMinutes(columns, hours, zone)
  const height = (shown.to - shown.from) * PIXELS_PER_MINUTE
  const { drag, grab, wasDragged } = useDrag({
    grid,
    perPixel: MINUTE / PIXELS_PER_MINUTE,
    stepMinutes: STEP,
    onDrop: (reservation, start, key) => {
      const from = columns.find((c) => c.items.some((r) => r.id === reservation.id))
      const to = columns.find((c) => c.key === key)
      if (!from || !to) return
      const days = startOfDay(to.date, zone) - startOfDay(from.date, zone)
      onMove(reservation, start + days, to)
    },
  })
  const first = columns[0]
  if (!first) return null
  const lines = hourLines(first.date, zone, shown.from, shown.to)
  const top = (column: Column, at: number) =>
    ((at - startOfDay(column.date, zone)) / MINUTE - shown.from) * PIXELS_PER_MINUTE
  const empty = (event: MouseEvent<HTMLElement>, column: Column) => {
    if (event.target !== event.currentTarget) return
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top
    const at = startOfDay(column.date, zone) + (shown.from + y / PIXELS_PER_MINUTE) * MINUTE
    onEmpty(snap(at - 7.5 * MINUTE, 15), column)
  }
  return (
    <section
      aria-label="Calendar"
      className="relative overflow-x-auto rounded-2xl border border-line bg-surface shadow-card"
      ref={grid}
      onKeyDown={walk}
    >
      <div
        className="grid min-w-max sm:min-w-0"
        style={{
          gridTemplateColumns: `4rem repeat(${columns.length}, minmax(${columns.length > 5 ? 6 : 8.5}rem, 1fr))`,
        }}
      >
        <span className="sticky left-0 z-30 bg-surface" />
        {columns.map((column) => (
          <h3
            key={column.key}
            className="truncate border-line border-b border-l px-2 py-2 text-center font-medium text-[13px]"
            title={column.title}
          >
            {column.title}
          </h3>
        ))}
        <div aria-hidden className="sticky left-0 z-30 bg-surface" style={{ height }}>
          {lines.map((line) => (
            <span
              key={line.at}
              className="absolute right-2 -translate-y-1/2 text-[11px] text-ink-muted tabular-nums"
              style={{ top: Math.max(8, (line.minutes - shown.from) * PIXELS_PER_MINUTE) }}
            >
              {formatClock(line.at, zone)}
            </span>
          ))}
        </div>
        {columns.map((column) => (
          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a shortcut; the button Walk-in does the same
          <div
            key={column.key}
            data-column={column.key}
            data-testid="column"
            data-title={column.title}
            onClick={(event) => empty(event, column)}
            className={cx(
              'relative cursor-cell border-line border-l',
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
                key={line.at}
                aria-hidden
                className="pointer-events-none absolute inset-x-0 border-line border-t"
                style={{ top: (line.minutes - shown.from) * PIXELS_PER_MINUTE }}
              />
            ))}
            {layout(column.items).map(({ item, lane, lanes }) => {
              const moving = drag?.id === item.id
              const start = Date.parse(item.start_time) + (moving ? drag.by : 0)
              const minutes = (Date.parse(item.end_time) - Date.parse(item.start_time)) / MINUTE
              return (
                <EventBlock
                  key={item.id}
                  reservation={moving ? shifted(item, drag.by) : item}
                  zone={zone}
                  dragging={moving}
                  movable={movable(item)}
                  style={{
                    top: top(column, start),
                    height: Math.max(18, minutes * PIXELS_PER_MINUTE - 1),
                    left: `calc(${(lane / lanes) * 100}% + 2px)`,
                    width: `calc(${100 / lanes}% - 4px)`,
                  }}
                  onOpen={() => !wasDragged() && onOpen(item.id)}
                  onGrab={(event) => movable(item) && grab(event, item, column.key)}
                />
              )
            })}
            <NowLine top={top(column, now)} height={height} />
          </div>
        ))}
      </div>
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
      className="pointer-events-none absolute inset-x-0 bg-sunken/80"
      style={{ top: from, height: to - from }}
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
