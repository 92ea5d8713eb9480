import { Link } from '@tanstack/react-router'
import type { NavItem } from './nav'

interface Props {
  items: NavItem[]
  onNavigate?: () => void
}

export function NavList({ items, onNavigate }: Props) {
  return (
    <nav aria-label="Main" className="px-3 py-2">
      <ul className="flex flex-col gap-0.5">
        {items.map(({ to, label, icon: Icon, deep }) => (
          <li key={to}>
            <Link
              to={to}
              {...(onNavigate ? { onClick: onNavigate } : {})}
              activeOptions={{ exact: !deep, includeSearch: false }}
              className="flex h-10 items-center gap-3 rounded-lg px-3 font-medium text-ink-muted transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent dark:hover:bg-line"
            >
              <Icon aria-hidden className="size-[18px]" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
