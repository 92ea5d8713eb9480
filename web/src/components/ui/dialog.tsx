import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { messageOf } from '@/api'
import { cx } from '@/lib/cx'
import { Button, IconButton } from './button'
import { FormError } from './form-error'

interface DialogProps {
  title: string
  description?: ReactNode
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  size?: 'sm' | 'md' | 'lg'
  /** Forms set it to false, so that a stray press beside the dialog loses nothing. */
  isDismissable?: boolean
  role?: 'dialog' | 'alertdialog'
}

const widths = { sm: 'sm:max-w-md', md: 'sm:max-w-xl', lg: 'sm:max-w-3xl' }

/** A modal dialog; a sheet at the bottom edge on a phone. Put the buttons in a <DialogFooter>. */
export function Dialog({
  title,
  description,
  isOpen,
  onClose,
  children,
  size = 'sm',
  isDismissable = true,
  role = 'dialog',
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={isDismissable}
      className="fixed inset-0 z-40 flex items-end justify-center bg-black/40 entering:animate-fade sm:items-center sm:p-6 dark:bg-black/60"
    >
      <Modal
        className={cx(
          'flex max-h-[min(92dvh,100%)] w-full flex-col overflow-hidden rounded-t-2xl border border-line bg-raised shadow-pop entering:animate-enter sm:max-h-[min(88dvh,100%)] sm:rounded-2xl',
          widths[size],
        )}
      >
        <AriaDialog role={role} className="flex min-h-0 flex-col outline-none">
          <header className="flex items-start gap-4 px-6 pt-5 pb-4">
            <div className="min-w-0 flex-1">
              <Heading slot="title" className="text-base font-semibold break-words text-ink">
                {title}
              </Heading>
              {description && <p className="mt-1 text-[13px] text-ink-muted">{description}</p>}
            </div>
            <IconButton aria-label="Close" onPress={onClose} className="-mt-1 -mr-2">
              <X />
            </IconButton>
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

/** The scrolling part of a dialog. */
export function DialogBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cx('min-h-0 flex-1 overflow-y-auto px-6 pt-1 pb-6', className)}>{children}</div>
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <footer className="flex flex-col-reverse gap-2 border-t border-line bg-sunken px-6 py-4 sm:flex-row sm:justify-end">
      {children}
    </footer>
  )
}

interface ConfirmProps {
  title: string
  children: ReactNode
  /** What the button says: the verb, such as "Deactivate". */
  action: string
  /** What the other button says; "Cancel" beside a verb such as "Cancel it" says nothing. */
  dismiss?: string
  isOpen: boolean
  onClose: () => void
  /** Does it; the dialog stays open with the error if it fails. */
  onConfirm: () => Promise<unknown>
  danger?: boolean
}

/** Asks before something that cannot simply be undone. */
export function ConfirmDialog({
  title,
  children,
  action,
  dismiss = 'Cancel',
  isOpen,
  onClose,
  onConfirm,
  danger,
}: ConfirmProps) {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<string>()
  const close = () => {
    setError(undefined)
    onClose()
  }
  const confirm = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onConfirm()
      close()
    } catch (cause) {
      setError(messageOf(cause))
    } finally {
      setPending(false)
    }
  }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close} role="alertdialog">
      <DialogBody className="flex flex-col gap-4 text-ink-muted">
        <div>{children}</div>
        <FormError message={error} />
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          {dismiss}
        </Button>
        <Button variant={danger ? 'danger' : 'primary'} isPending={pending} onPress={confirm} autoFocus>
          {action}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
