import { useRef } from 'react'
import { randomId } from '@/api'

/**
 * Gives the key that makes a POST happen once: the same for the same input, so that sending it again after the
 * answer was lost makes no second entry.
 */
export function useSameKey(): (input: unknown) => string {
  const last = useRef({ text: '', key: '' })
  return (input) => {
    const text = JSON.stringify(input)
    if (text !== last.current.text) last.current = { text, key: randomId() }
    return last.current.key
  }
}
