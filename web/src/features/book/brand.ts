/** A business's colour as the page's accent, darkened or lightened until text on and in it can be read. */

type Rgb = [number, number, number]

const parse = (hex: string): Rgb | undefined => {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  return match ? ([1, 2, 3].map((i) => Number.parseInt(match[i] ?? '0', 16)) as Rgb) : undefined
}

const format = (color: Rgb) => `#${color.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`

const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((c, i) => c * (1 - share) + (b[i] ?? 0) * share) as Rgb

/** Relative luminance (WCAG 2.2). */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((c) => {
    const s = c / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(parse(a) ?? [0, 0, 0]), luminance(parse(b) ?? [0, 0, 0])].sort(
    (x, y) => y - x,
  )
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]
const ENOUGH = 4.5

/** What the accent is beside, as app.css has it: the grounds it is on, and the faintest text on its soft shade. */
interface Ground {
  surface: string
  canvas: string
  muted: string
}

const grounds: Record<'light' | 'dark', Ground> = {
  light: { surface: '#ffffff', canvas: '#f1efec', muted: '#5f5a54' },
  dark: { surface: '#212425', canvas: '#2b2f31', muted: '#aba79f' },
}

export interface Brand {
  accent: string
  hover: string
  soft: string
  on: string
}

const SOFT = [0.12, 0.1, 0.08, 0.06, 0.04, 0.02]

/** As much of the accent over the surface as leaves the faintest text readable. */
function softOf({ surface, muted }: Ground, accent: Rgb): string {
  const shades = SOFT.map((share) => format(mix(parse(surface) as Rgb, accent, share)))
  return shades.find((shade) => contrast(shade, muted) >= ENOUGH) ?? surface
}

/** The colours of a brand in a theme. */
export function brandOf(primary: string, theme: 'light' | 'dark'): Brand | undefined {
  const color = parse(primary)
  if (!color) return undefined
  const ground = grounds[theme]
  const towards = theme === 'light' ? BLACK : WHITE
  for (let share = 0; share <= 1; share += 0.02) {
    const accent = format(mix(color, towards, share))
    const soft = softOf(ground, mix(color, towards, share))
    const readable = [ground.surface, ground.canvas, soft].every((g) => contrast(accent, g) >= ENOUGH)
    if (!readable) continue
    const on = contrast(accent, '#ffffff') >= contrast(accent, '#111111') ? '#ffffff' : '#111111'
    return { accent, soft, on, hover: format(mix(mix(color, towards, share), towards, 0.15)) }
  }
  return undefined
}
