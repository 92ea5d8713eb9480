import type { ComponentProps, ReactNode } from 'react'
import { Popover as AriaPopover } from 'react-aria-components'
import { cx } from '@/lib/cx'

interface Props extends Omit<ComponentProps<typeof AriaPopover>, 'className' | 'children'> {
  className?: string
  children: ReactNode
}

export function Popover({ className, children, ...props }: Props) {
  return (
    <AriaPopover
      offset={6}
      {...props}
      className={cx(
        'overflow-auto rounded-xl border border-line bg-raised shadow-pop outline-none entering:animate-enter',
        className,
      )}
    >
      {children}
    </AriaPopover>
  )
}
