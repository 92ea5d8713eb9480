import { SendHorizontal } from 'lucide-react'
import { useRef, useState } from 'react'
import { IconButton } from '@/components/ui'
import { useTellTyping } from '../use-typing'

const LONGEST = 4_000

/** Enter sends, Shift and Enter begin a new line. */
export function Composer({ channel, onSend }: { channel: string; onSend: (body: string) => void }) {
  const [text, setText] = useState('')
  const tellTyping = useTellTyping(channel)
  const area = useRef<HTMLTextAreaElement>(null)
  const body = text.trim()
  const tooLong = [...body].length > LONGEST
  const send = () => {
    if (body === '' || tooLong) return
    onSend(body)
    setText('')
    area.current?.focus()
  }
  return (
    <form
      className="border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="flex items-end gap-2">
        <textarea
          ref={area}
          aria-label="Message"
          aria-invalid={tooLong || undefined}
          aria-describedby={tooLong ? 'too-long' : undefined}
          placeholder="Write a message"
          rows={Math.min(6, Math.max(1, text.split('\n').length))}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            if (event.target.value.trim()) tellTyping()
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            send()
          }}
          className="min-h-10 min-w-0 flex-1 resize-none rounded-lg border border-line-strong bg-surface px-3 py-2 outline-none focus:border-accent"
        />
        <IconButton aria-label="Send" type="submit" isDisabled={body === '' || tooLong}>
          <SendHorizontal />
        </IconButton>
      </div>
      {tooLong && (
        <p id="too-long" role="alert" className="mt-1 text-xs text-bad">
          A message has at most 4,000 characters; this one has {[...body].length}.
        </p>
      )}
    </form>
  )
}
