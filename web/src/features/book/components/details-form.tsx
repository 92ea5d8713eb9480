import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { ApiError, type BookedReservation, type FreeSlot } from '@/api'
import { applyApiError, Button, FormError, FormTextField } from '@/components/ui'

const schema = z
  .object({
    customer_name: z.string().trim().min(1, 'Enter your name.').max(200, 'This is too long.'),
    customer_email: z.union([z.literal(''), z.email('Enter an email address, such as name@example.com.')]),
    customer_phone: z.string().trim().max(40, 'This is too long.'),
    notes: z.string().max(2000, 'Use at most 2000 characters.'),
  })
  .refine((d) => d.customer_email !== '' || d.customer_phone !== '', {
    path: ['customer_phone'],
    message: 'Enter a phone number or an email address, so that you can be reached.',
  })

export type Details = z.infer<typeof schema>

export const noDetails: Details = { customer_name: '', customer_email: '', customer_phone: '', notes: '' }

interface Props {
  details: Details
  /** Keeps what was typed, whatever becomes of the form. */
  onType: (details: Details) => void
  submitLabel: string
  onSubmit: (details: Details) => Promise<BookedReservation>
  onBooked: (reservation: BookedReservation) => void
  onTaken: (nearest: FreeSlot[]) => void
}

export function DetailsForm({ details, onType, submitLabel, onSubmit, onBooked, onTaken }: Props) {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: details })
  useEffect(() => {
    const subscription = form.watch((values) => onType({ ...noDetails, ...values }))
    return () => subscription.unsubscribe()
  }, [form, onType])
  const submit = form.handleSubmit(async (values) => {
    try {
      onBooked(await onSubmit(values))
    } catch (error) {
      if (error instanceof ApiError && error.code === 'slot_taken') onTaken(error.nearest)
      else applyApiError(form, error)
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <FormError message={form.formState.errors.root?.server?.message} />
      <FormTextField
        control={form.control}
        name="customer_name"
        label="Name"
        autoComplete="name"
        isRequired
        autoFocus
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <FormTextField
          control={form.control}
          name="customer_phone"
          label="Phone"
          type="tel"
          autoComplete="tel"
          inputMode="tel"
        />
        <FormTextField
          control={form.control}
          name="customer_email"
          label="Email"
          type="email"
          autoComplete="email"
          inputMode="email"
        />
      </div>
      <FormTextField control={form.control} name="notes" label="Anything we should know?" rows={3} />
      <Button
        type="submit"
        isPending={form.formState.isSubmitting}
        className="mt-1 w-full sm:w-auto sm:self-start"
      >
        {submitLabel}
      </Button>
    </form>
  )
}
