import type { ReactNode } from 'react'

/** One line of a description list: what it is, and its value. */
export function Detail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-ink-muted">{label}</dt>
      <dd className="truncate text-ink">{children}</dd>
    </div>
  )
}
