import { createLink } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { cx } from '@/lib/cx'

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger'
type Size = 'sm' | 'md'

const base =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:opacity-50 pending:opacity-80'

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover pressed:bg-accent-hover',
  secondary:
    'border border-line-strong bg-surface text-ink shadow-card hover:bg-sunken pressed:bg-line dark:border-line-strong',
  quiet: 'text-ink-muted hover:bg-sunken hover:text-ink pressed:bg-line dark:hover:bg-line',
  danger: 'bg-bad text-white hover:opacity-90 dark:text-canvas',
}

const sizes: Record<Size, string> = { sm: 'h-8 px-3 text-[13px]', md: 'h-10 px-4 text-sm' }

export function buttonClass(variant: Variant = 'primary', size: Size = 'md', className?: string): string {
  return cx(base, variants[variant], sizes[size], className)
}

interface ButtonProps extends Omit<ComponentProps<typeof AriaButton>, 'className' | 'children'> {
  variant?: Variant
  size?: Size
  className?: string
  children: ReactNode
}

/** A button. While isPending it spins, stays focusable and ignores presses. */
export function Button({ variant = 'primary', size = 'md', className, children, ...props }: ButtonProps) {
  return (
    <AriaButton
      {...props}
      className={buttonClass(variant, size, cx(props.isPending && 'relative', className))}
    >
      {props.isPending && <LoaderCircle aria-hidden className="absolute size-4 animate-spin" />}
      <span className={cx('inline-flex items-center gap-2', props.isPending && 'invisible')}>{children}</span>
    </AriaButton>
  )
}

interface IconButtonProps extends Omit<ComponentProps<typeof AriaButton>, 'className' | 'children'> {
  'aria-label': string
  className?: string
  children: ReactNode
}

/** A square button with an icon and a name that is read out. */
export function IconButton({ className, children, ...props }: IconButtonProps) {
  return (
    <AriaButton
      {...props}
      className={cx(
        'relative inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-muted transition-colors duration-100 hover:bg-sunken hover:text-ink pressed:bg-line disabled:opacity-50 dark:hover:bg-line [&_svg]:size-[18px]',
        className,
      )}
    >
      {children}
    </AriaButton>
  )
}

interface AnchorProps extends ComponentProps<'a'> {
  variant?: Variant
  size?: Size
}

function Anchor({ variant, size, className, ...props }: AnchorProps) {
  return <a {...props} className={buttonClass(variant, size, className)} />
}

/** A link of the router that looks like a button. */
export const LinkButton = createLink(Anchor)
