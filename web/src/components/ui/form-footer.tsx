import { Button } from './button'
import { DialogFooter } from './dialog'

interface Props {
  /** What the button says: the verb, such as "Save". */
  action: string
  isSubmitting: boolean
  onCancel: () => void
}

/** The foot of a form in a dialog. */
export function FormFooter({ action, isSubmitting, onCancel }: Props) {
  return (
    <DialogFooter>
      <Button variant="secondary" onPress={onCancel}>
        Cancel
      </Button>
      <Button type="submit" isPending={isSubmitting}>
        {action}
      </Button>
    </DialogFooter>
  )
}
