/** Reads an amount with at most two decimals, after a point or a comma; undefined for anything else. */
export function parsePrice(text: string): number | undefined {
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  return match ? Number(`${match[1]}.${match[2] ?? 0}`) : undefined
}

/** "€25.00", in the viewer's own way of writing. */
export const formatPrice = (price: number, currency: string): string =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(price)

const names = new Intl.DisplayNames(undefined, { type: 'currency' })

/** Every currency of the browser, the usual one first. */
export const currencies = ['EUR', ...Intl.supportedValuesOf('currency').filter((code) => code !== 'EUR')].map(
  (value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }),
)
