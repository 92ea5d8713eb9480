import type { ComponentProps, ReactNode } from 'react'
import { cx } from '@/lib/cx'

export const cardClass = 'min-w-0 rounded-2xl border border-line bg-surface shadow-card'

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section {...props} className={cx(cardClass, className)} />
}

/** The head of a card: a title, an explanation, and what can be done on the right. */
export function CardHeader({
  title,
  description,
  children,
}: {
  title: string
  description?: ReactNode
  children?: ReactNode
}) {
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 pt-4 pb-3">
      <div className="min-w-0 flex-1 basis-40">
        <h2 className="text-sm font-semibold text-ink">{title}</h2>
        {description && <p className="text-[13px] text-ink-muted">{description}</p>}
      </div>
      {children}
    </header>
  )
}
