import { describe, expect, it } from 'vitest'
import { columnsOf, moveInGrid } from './grid-keys'

describe('moveInGrid', () => {
  it('moves along rows and columns', () => {
    const from5 = (key: string) => moveInGrid(key, 5, 4, 10)
    expect(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].map(from5)).toEqual([
      4, 6, 1, 9, 0, 9,
    ])
  })

  it('stays at the edges, and leaves other keys alone', () => {
    expect(moveInGrid('ArrowLeft', 0, 4, 10)).toBeUndefined()
    expect(moveInGrid('ArrowDown', 8, 4, 10)).toBeUndefined()
    expect(moveInGrid('Enter', 5, 4, 10)).toBeUndefined()
  })
})

describe('columnsOf', () => {
  const item = (top: number) => ({ getBoundingClientRect: () => ({ top }) }) as HTMLElement

  it('counts the first row', () => {
    expect(columnsOf([0, 0, 0, 50, 50].map(item))).toBe(3)
    expect(columnsOf([0, 0].map(item))).toBe(2)
    expect(columnsOf([])).toBe(1)
  })
})
