import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import type { Service } from '@/api'
import { Dialog, DialogBody, FormError, FormFooter, FormSelect, FormTextField, toast } from '@/components/ui'
import { minutesShort, parseWhole } from '../amount'
import { type ServiceInput, useCreateService, useUpdateService } from '../api/save-service'
import { useServices } from '../api/services'
import { currencies, parsePrice } from '../prices'
import { useVersioned } from '../use-versioned'
import { ChangedElsewhere } from './changed-elsewhere'

const minutes = (least: number, most: number) =>
  z.string().refine((text) => {
    const n = parseWhole(text)
    return n !== undefined && n >= least && n <= most
  }, `A whole number of minutes from ${least} to ${most}.`)

/** What the browser can tell by itself; the server has the last word on every field. */
const schema = z.object({
  name: z.string().trim().min(1, 'Give the service a name.').max(200, 'At most 200 characters.'),
  description: z.string().trim().max(2000, 'At most 2,000 characters.'),
  duration_minutes: minutes(1, 1440),
  buffer_minutes: minutes(0, 240),
  price: z.string().refine((text) => parsePrice(text) !== undefined, 'An amount such as 25 or 25.50.'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Choose a currency.'),
})

type Values = z.infer<typeof schema>

const toValues = (service: ServiceInput): Values => ({
  name: service.name,
  description: service.description,
  duration_minutes: String(service.duration_minutes),
  buffer_minutes: String(service.buffer_minutes),
  price: service.price.toFixed(2),
  currency: service.currency,
})

const toInput = (values: Values): ServiceInput => ({
  ...values,
  duration_minutes: parseWhole(values.duration_minutes) ?? 0,
  buffer_minutes: parseWhole(values.buffer_minutes) ?? 0,
  price: parsePrice(values.price) ?? 0,
})

interface Props {
  business: string
  /** The service to change; undefined for a new one. */
  service: Service | undefined
  onClose: () => void
}

export function ServiceDialog(props: Props) {
  return (
    <Dialog
      title={props.service ? props.service.name : 'New service'}
      description={props.service ? undefined : 'What customers choose when they book.'}
      size="md"
      isOpen
      onClose={props.onClose}
      isDismissable={false}
    >
      <ServiceForm key={props.service?.id} {...props} />
    </Dialog>
  )
}

function ServiceForm({ business, service, onClose }: Props) {
  const { data: services = [], refetch } = useServices(business)
  const create = useCreateService(business)
  const update = useUpdateService()
  const blank: ServiceInput = {
    name: '',
    description: '',
    duration_minutes: 30,
    buffer_minutes: 0,
    price: 0,
    currency: services[0]?.currency ?? 'EUR',
  }
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { ...toValues(service ?? blank), ...(service ? {} : { price: '' }) },
  })
  const { submit, stale, load, formRef } = useVersioned<Service, Values>(form, {
    row: service,
    toValues,
    save: (values, version) =>
      service
        ? update.mutateAsync({ ...toInput(values), id: service.id, version })
        : create.mutateAsync(toInput(values)),
    onSaved: (saved) => {
      toast.success(service ? 'Saved' : `${saved.name} can be booked`)
      onClose()
    },
    reload: async () => (await refetch()).data?.find((s) => s.id === service?.id),
  })
  const { control } = form
  const lasts =
    (parseWhole(form.watch('duration_minutes')) ?? 0) + (parseWhole(form.watch('buffer_minutes')) ?? 0)
  return (
    <form ref={formRef} noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <DialogBody className="flex flex-col gap-5">
        {stale && <ChangedElsewhere noun="this service" onLoad={load} />}
        <FormError message={form.formState.errors.root?.server?.message} />
        <FormTextField control={control} name="name" label="Name" isRequired autoFocus />
        <FormTextField
          control={control}
          name="description"
          label="Description"
          rows={3}
          hint="Customers read it when they choose."
        />
        <div className="grid items-start gap-5 sm:grid-cols-2">
          <FormTextField
            control={control}
            name="duration_minutes"
            label="Duration"
            suffix="minutes"
            inputMode="numeric"
            isRequired
          />
          <FormTextField
            control={control}
            name="buffer_minutes"
            label="Buffer after"
            suffix="minutes"
            inputMode="numeric"
            hint={lasts > 0 ? `The chair is taken for ${minutesShort(lasts)}.` : undefined}
          />
          <FormTextField
            control={control}
            name="price"
            label="Price"
            inputMode="decimal"
            placeholder="25.00"
            isRequired
          />
          <FormSelect control={control} name="currency" label="Currency" options={currencies} searchable />
        </div>
      </DialogBody>
      <FormFooter
        action={service ? 'Save' : 'Add service'}
        isSubmitting={form.formState.isSubmitting}
        onCancel={onClose}
      />
    </form>
  )
}
