import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, SearchField } from 'react-aria-components'
import { cx } from '@/lib/cx'
import { controlClass } from './field'

interface Props {
  label: string
  value: string
  /** Told a moment after the last key, and at once on Enter or when cleared. */
  onChange: (value: string) => void
  placeholder?: string
  className?: string
}

export function SearchBox({ label, value, onChange, placeholder = 'Search', className }: Props) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const tell = useRef(onChange)
  tell.current = onChange

  // Somebody else changed it: the back button, or a link.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value
      setText(value)
    }
  }, [value])

  const send = (next: string) => {
    if (next === sent.current) return
    sent.current = next
    tell.current(next)
  }
  const later = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(later.current), [])

  return (
    <SearchField
      aria-label={label}
      value={text}
      onChange={(next) => {
        setText(next)
        clearTimeout(later.current)
        later.current = setTimeout(() => send(next.trim()), 250)
      }}
      onSubmit={(next) => {
        clearTimeout(later.current)
        send(next.trim())
      }}
      onClear={() => {
        clearTimeout(later.current)
        send('')
      }}
      className={cx('group relative w-full sm:w-64', className)}
    >
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <Input
        placeholder={placeholder}
        className={cx(controlClass, 'h-9 w-full px-9 text-[13px] [&::-webkit-search-cancel-button]:hidden')}
      />
      <Button className="absolute top-1/2 right-1.5 flex size-6 -translate-y-1/2 items-center justify-center rounded-md text-ink-faint hover:text-ink group-empty:hidden">
        <X aria-hidden className="size-4" />
      </Button>
    </SearchField>
  )
}
