import { Link } from '@tanstack/react-router'
import { formatCompact } from '@/lib/format'
import type { NavItem } from './nav'

interface Props {
  items: NavItem[]
  /** How many things wait on a page, by its path. */
  counts: Record<string, number>
  onNavigate?: () => void
}

export function NavList({ items, counts, onNavigate }: Props) {
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
              {(counts[to] ?? 0) > 0 && (
                <span
                  data-testid="nav-count"
                  className="ml-auto min-w-5 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-on-accent"
                >
                  {formatCompact(counts[to] ?? 0)}
                  <span className="sr-only"> unread</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
