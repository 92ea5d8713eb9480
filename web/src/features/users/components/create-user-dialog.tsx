import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import {
  applyApiError,
  Dialog,
  DialogBody,
  FormError,
  FormFooter,
  FormTextField,
  toast,
} from '@/components/ui'
import { useCreateUser } from '../api/save'

const schema = z.object({
  first_name: z.string(),
  last_name: z.string(),
  email: z.email('Enter the email address they sign in with.'),
  password: z.string().min(8, 'At least 8 characters.'),
})

interface Props {
  isOpen: boolean
  onClose: () => void
}

export function CreateUserDialog({ isOpen, onClose }: Props) {
  return (
    <Dialog
      title="New super admin"
      description="A super admin sees and manages every business."
      isOpen={isOpen}
      onClose={onClose}
      isDismissable={false}
    >
      <CreateUserForm onClose={onClose} />
    </Dialog>
  )
}

function CreateUserForm({ onClose }: { onClose: () => void }) {
  const create = useCreateUser()
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { first_name: '', last_name: '', email: '', password: '' },
  })
  const submit = form.handleSubmit(async (input) => {
    try {
      const user = await create.mutateAsync({ ...input, user_type: 'super_admin' })
      toast.success(`${user.email} can sign in`)
      onClose()
    } catch (error) {
      applyApiError(form, error)
    }
  })
  const { control } = form
  return (
    <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <DialogBody className="flex flex-col gap-5">
        <FormError message={form.formState.errors.root?.server?.message} />
        <FormTextField control={control} name="first_name" label="First name" autoComplete="off" autoFocus />
        <FormTextField control={control} name="last_name" label="Last name" autoComplete="off" />
        <FormTextField
          control={control}
          name="email"
          label="Email"
          type="email"
          autoComplete="off"
          isRequired
        />
        <FormTextField
          control={control}
          name="password"
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          isRequired
        />
      </DialogBody>
      <FormFooter action="Create" isSubmitting={form.formState.isSubmitting} onCancel={onClose} />
    </form>
  )
}
