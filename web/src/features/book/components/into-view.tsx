import { type ReactNode, useEffect, useRef } from 'react'

/** What appears somewhere else than where the customer is: it comes into view, and the keyboard goes on from it. */
export function IntoView({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => ref.current?.focus(), [])
  return (
    <div ref={ref} tabIndex={-1} className="mb-5 scroll-mt-4 outline-none">
      {children}
    </div>
  )
}
