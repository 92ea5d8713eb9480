import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import {
  applyApiError,
  Dialog,
  DialogBody,
  FormError,
  FormFooter,
  FormSelect,
  FormTextField,
  toast,
} from '@/components/ui'
import { useCreateReservation } from '../api/save'

const schema = z.object({
  customer_name: z.string().trim().min(1, 'Who is it for?'),
  customer_phone: z.string(),
  customer_email: z.union([z.literal(''), z.email('This is not an email address.')]),
  start_time: z.string().min(1, 'When does it start?'),
  minutes: z.string(),
  price: z.string().regex(/^\d*([.,]\d{1,2})?$/, 'An amount looks like 25 or 25.50.'),
  notes: z.string(),
})

const durations = ['15', '30', '45', '60', '90', '120'].map((value) => ({ value, label: `${value} minutes` }))

/** The next half hour in the viewer's own zone, as a datetime-local control takes it. */
function nextHalfHour(now = new Date()): string {
  const at = new Date(now)
  at.setMinutes(at.getMinutes() < 30 ? 30 : 60, 0, 0)
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** The owner's own booking for a customer, such as one by telephone; it is confirmed at once. */
export function CreateReservationDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateReservation()
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      customer_name: '',
      customer_phone: '',
      customer_email: '',
      start_time: nextHalfHour(),
      minutes: '30',
      price: '',
      notes: '',
    },
  })
  const submit = form.handleSubmit(async ({ minutes, price, start_time, ...input }) => {
    const start = new Date(start_time)
    try {
      const reservation = await create.mutateAsync({
        ...input,
        status: 'confirmed',
        start_time: start.toISOString(),
        end_time: new Date(start.getTime() + Number(minutes) * 60_000).toISOString(),
        price: price ? Number(price.replace(',', '.')) : undefined,
      })
      toast.success(`Booked for ${reservation.customer_name}`)
      onClose()
    } catch (error) {
      applyApiError(form, error)
    }
  })
  const { control } = form
  return (
    <Dialog title="New reservation" size="md" isOpen onClose={onClose} isDismissable={false}>
      <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
        <DialogBody className="grid gap-5 sm:grid-cols-2">
          <div className="empty:hidden sm:col-span-2">
            <FormError message={form.formState.errors.root?.server?.message} />
          </div>
          <FormTextField
            control={control}
            name="customer_name"
            label="Customer"
            isRequired
            autoFocus
            autoComplete="off"
            className="sm:col-span-2"
          />
          <FormTextField
            control={control}
            name="customer_phone"
            label="Phone"
            type="tel"
            autoComplete="off"
          />
          <FormTextField
            control={control}
            name="customer_email"
            label="Email"
            type="email"
            autoComplete="off"
          />
          <FormTextField
            control={control}
            name="start_time"
            label="Starts"
            type="datetime-local"
            isRequired
            hint="In your own time zone."
          />
          <FormSelect control={control} name="minutes" label="Lasts" options={durations} />
          <FormTextField control={control} name="price" label="Price" inputMode="decimal" />
          <FormTextField control={control} name="notes" label="Notes" rows={3} className="sm:col-span-2" />
        </DialogBody>
        <FormFooter action="Book" isSubmitting={form.formState.isSubmitting} onCancel={onClose} />
      </form>
    </Dialog>
  )
}
