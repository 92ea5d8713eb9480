import type { ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'

interface Props {
  label: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}

/** A panel from the left edge, for the navigation of a phone. */
export function Drawer({ label, isOpen, onClose, children }: Props) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-40 bg-black/40 entering:animate-fade dark:bg-black/60"
    >
      <Modal className="h-full w-72 max-w-[85vw] border-r border-line bg-canvas shadow-pop entering:animate-slide">
        <Dialog aria-label={label} className="h-full outline-none">
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
