import { describe, expect, it } from 'vitest'
import { brandOf, contrast } from './brand'

describe('brandOf', () => {
  const colours = ['#0f5c70', '#ffff00', '#ffffff', '#000000', '#ff69b4', '#777777', '#00ff88', '#3b0a45']

  it.each(['light', 'dark'] as const)('can be read whatever the colour, %s', (theme) => {
    const surface = theme === 'light' ? '#ffffff' : '#212425'
    const muted = theme === 'light' ? '#5f5a54' : '#aba79f'
    for (const colour of colours) {
      const brand = brandOf(colour, theme)
      if (!brand) throw new Error(`${colour} has no brand`)
      expect(contrast(brand.accent, surface), colour).toBeGreaterThanOrEqual(4.5)
      expect(contrast(brand.accent, brand.soft), colour).toBeGreaterThanOrEqual(4.5)
      expect(contrast(muted, brand.soft), colour).toBeGreaterThanOrEqual(4.5)
      expect(contrast(brand.accent, brand.on), colour).toBeGreaterThanOrEqual(4.5)
      expect(contrast(brand.hover, brand.on), colour).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('keeps a colour that can be read as it is, and has none for what is no colour', () => {
    expect(brandOf('#0f5c70', 'light')?.accent).toBe('#0f5c70')
    expect(brandOf('petrol', 'light')).toBeUndefined()
    expect(brandOf('', 'dark')).toBeUndefined()
  })

  it('measures contrast as the guidelines do', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})
