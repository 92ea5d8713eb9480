/** Where a key leads among items that are laid out in rows; undefined if it leads nowhere. */
export function moveInGrid(key: string, at: number, columns: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  }
  const to = steps[key]
  return to === undefined || to < 0 || to >= count ? undefined : to
}

/** How many items stand in the first row. */
export function columnsOf(items: readonly HTMLElement[]): number {
  const top = items[0]?.getBoundingClientRect().top
  const below = items.findIndex((item) => item.getBoundingClientRect().top !== top)
  return below > 0 ? below : Math.max(1, items.length)
}
