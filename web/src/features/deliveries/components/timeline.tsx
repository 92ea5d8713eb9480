import { cx } from '@/lib/cx'
import { formatExact } from '@/lib/format'
import type { Step } from '../timeline'

const dots: Record<Step['tone'], string> = {
  neutral: 'bg-ink-faint',
  accent: 'bg-accent',
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
}

/** Tries may be seconds apart. */
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** What happened, first to last. */
export function Timeline({ label, steps }: { label: string; steps: Step[] }) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {steps.map((step, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what has happened keeps its place
        <li key={i} data-testid="timeline-step" className="relative flex gap-3 pb-4 last:pb-0">
          {i < steps.length - 1 && (
            <span aria-hidden className="absolute top-4 bottom-[-4px] left-[4.5px] w-px bg-line" />
          )}
          <span
            aria-hidden
            className={cx(
              'mt-1.5 size-2.5 shrink-0 rounded-full',
              step.coming ? 'border-2 border-accent' : dots[step.tone],
            )}
          />
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className={cx('font-medium', step.coming ? 'text-ink-muted' : 'text-ink')}>
                {step.what}
              </span>
              {step.at && (
                <time
                  dateTime={step.at}
                  title={formatExact(step.at)}
                  className="text-xs text-ink-muted tabular-nums"
                >
                  {moment.format(new Date(step.at))}
                </time>
              )}
            </p>
            {step.detail && (
              <p className="text-[13px] break-words [overflow-wrap:anywhere] text-ink-muted">{step.detail}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
