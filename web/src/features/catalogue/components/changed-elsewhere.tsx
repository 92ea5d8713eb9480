import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui'

interface Props {
  /** What was changed, such as "service". */
  noun: string
  onLoad: () => Promise<void>
}

/** Says that somebody else was faster, and lets one start from what is there now. */
export function ChangedElsewhere({ noun, onLoad }: Props) {
  const [pending, setPending] = useState(false)
  const load = async () => {
    setPending(true)
    await onLoad()
    setPending(false)
  }
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg bg-warn-soft px-3 py-2.5 text-[13px] text-warn"
    >
      <p className="min-w-0 flex-1 basis-64">
        Somebody else changed {noun} while you were typing. What you typed is still here; loading again
        replaces it with theirs.
      </p>
      <Button variant="secondary" size="sm" isPending={pending} onPress={load}>
        <RefreshCw aria-hidden className="size-3.5" />
        Load it again
      </Button>
    </div>
  )
}
