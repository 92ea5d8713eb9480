import { zodResolver } from '@hookform/resolvers/zod'
import { type Control, useForm } from 'react-hook-form'
import { z } from 'zod'
import type { Business } from '@/api'
import {
  applyApiError,
  Dialog,
  DialogBody,
  FormError,
  FormFooter,
  FormTextField,
  toast,
} from '@/components/ui'
import { type BusinessInput, useCreateBusiness } from '../api/save'
import { BusinessFields, blankBusiness, businessSchema } from './business-fields'

const schema = businessSchema.extend({
  owner_first_name: z.string(),
  owner_last_name: z.string(),
  owner_email: z.email('Enter the email address the owner signs in with.'),
  owner_password: z.string().min(8, 'At least 8 characters.'),
})

interface Props {
  isOpen: boolean
  onClose: () => void
  onCreated: (business: Business) => void
}

export function CreateBusinessDialog(props: Props) {
  return (
    <Dialog
      title="New business"
      description="The business and its owner are made together; the owner can sign in at once."
      size="lg"
      isOpen={props.isOpen}
      onClose={props.onClose}
      isDismissable={false}
    >
      <CreateBusinessForm {...props} />
    </Dialog>
  )
}

function CreateBusinessForm({ onClose, onCreated }: Props) {
  const create = useCreateBusiness()
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      ...blankBusiness(),
      owner_first_name: '',
      owner_last_name: '',
      owner_email: '',
      owner_password: '',
    },
  })
  const submit = form.handleSubmit(async (input) => {
    try {
      const business = await create.mutateAsync(input)
      toast.success(`${business.name} is live`)
      onCreated(business)
    } catch (error) {
      applyApiError(form, error)
    }
  })
  const { control } = form
  return (
    <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <DialogBody className="flex flex-col gap-6">
        <FormError message={form.formState.errors.root?.server?.message} />
        <BusinessFields control={control as unknown as Control<BusinessInput>} />
        <fieldset className="grid gap-5 border-t border-line pt-5 sm:grid-cols-2">
          <legend className="float-left mb-1 w-full text-sm font-semibold sm:col-span-2">Owner</legend>
          <FormTextField control={control} name="owner_first_name" label="First name" autoComplete="off" />
          <FormTextField control={control} name="owner_last_name" label="Last name" autoComplete="off" />
          <FormTextField
            control={control}
            name="owner_email"
            label="Owner's email"
            type="email"
            inputMode="email"
            autoComplete="off"
            isRequired
          />
          <FormTextField
            control={control}
            name="owner_password"
            label="Password"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters."
            isRequired
          />
        </fieldset>
      </DialogBody>
      <FormFooter action="Create business" isSubmitting={form.formState.isSubmitting} onCancel={onClose} />
    </form>
  )
}
