import { Toaster as Sonner, toast } from 'sonner'
import { messageOf, SessionEnded } from '@/api'
import { useTheme } from '../theme'

export { toast }

/** Tells of a failure nobody has shown yet. A session that is over tells of itself. */
export function toastError(error: unknown): void {
  if (error instanceof SessionEnded) return
  toast.error(messageOf(error))
}

export function Toaster() {
  return (
    <Sonner
      theme={useTheme()}
      position="bottom-right"
      toastOptions={{ className: '!rounded-xl !border-line !bg-raised !text-ink !shadow-pop !font-sans' }}
    />
  )
}
