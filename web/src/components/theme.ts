import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'theme'
const listeners = new Set<() => void>()
const darkness = window.matchMedia('(prefers-color-scheme: dark)')

function current(): Theme {
  const stored = localStorage.getItem(KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function apply(): void {
  const theme = current()
  document.documentElement.classList.toggle(
    'dark',
    theme === 'dark' || (theme === 'system' && darkness.matches),
  )
  for (const listener of [...listeners]) listener()
}

/** Follows the system and other tabs; public/theme.js has set the first theme before the first paint. */
export function watchTheme(): void {
  darkness.addEventListener('change', apply)
  window.addEventListener('storage', (event) => {
    if (event.key === KEY || event.key === null) apply()
  })
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  apply()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current)

/** The theme as it is now, with "system" resolved. */
export const useDark = (): boolean =>
  useSyncExternalStore(subscribe, () => document.documentElement.classList.contains('dark'))
