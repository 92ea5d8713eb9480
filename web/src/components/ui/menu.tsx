import { Check } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  Header,
  MenuSection,
  Separator,
} from 'react-aria-components'
import { cx } from '@/lib/cx'

export { MenuTrigger } from 'react-aria-components'

export function Menu<T extends object>({
  className,
  ...props
}: ComponentProps<typeof AriaMenu<T>> & { className?: string }) {
  return <AriaMenu {...props} className={cx('min-w-48 p-1 outline-none', className)} />
}

interface ItemProps extends Omit<ComponentProps<typeof AriaMenuItem>, 'className' | 'children'> {
  icon?: ReactNode
  danger?: boolean
  children: ReactNode
}

/** A line of a menu; give it an `id` or an `onAction`. */
export function MenuItem({ icon, danger, children, ...props }: ItemProps) {
  return (
    <AriaMenuItem
      {...props}
      textValue={props.textValue ?? (typeof children === 'string' ? children : undefined) ?? ''}
      className={cx(
        'group flex items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none focus:bg-sunken disabled:opacity-50 dark:focus:bg-line [&_svg]:size-4 [&_svg]:shrink-0',
        danger ? 'text-bad' : 'text-ink',
      )}
    >
      {icon && <span className={cx('flex', !danger && 'text-ink-faint')}>{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      <Check aria-hidden className="hidden text-accent group-selected:block" />
    </AriaMenuItem>
  )
}

export function MenuGroup({
  title,
  children,
  ...props
}: ComponentProps<typeof MenuSection> & { title?: string }) {
  return (
    <MenuSection {...props}>
      {title && <Header className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">{title}</Header>}
      {children as ReactNode}
    </MenuSection>
  )
}

export function MenuSeparator() {
  return <Separator className="mx-2 my-1 h-px bg-line" />
}
