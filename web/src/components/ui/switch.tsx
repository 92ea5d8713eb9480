import type { ReactNode } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'

interface Props {
  children: ReactNode
  isSelected: boolean
  onChange: (on: boolean) => void
  isDisabled?: boolean
}

export function Switch({ children, ...props }: Props) {
  return (
    <AriaSwitch {...props} className="group flex items-center gap-3 text-sm text-ink disabled:opacity-50">
      <span className="flex h-6 w-10 shrink-0 items-center rounded-full bg-line-strong p-0.5 transition-colors group-selected:bg-accent group-focus-visible:outline-2 group-focus-visible:outline-accent group-focus-visible:outline-offset-2">
        <span className="size-5 rounded-full bg-white shadow-card transition-transform group-selected:translate-x-4" />
      </span>
      {children}
    </AriaSwitch>
  )
}
