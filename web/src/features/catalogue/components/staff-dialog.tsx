import { zodResolver } from '@hookform/resolvers/zod'
import { useId } from 'react'
import { type Control, useController, useForm } from 'react-hook-form'
import { z } from 'zod'
import type { DaysOff, Service, Staff, Week } from '@/api'
import { Dialog, DialogBody, FormError, FormFooter, FormTextField, Switch, toast } from '@/components/ui'
import { type StaffInput, useCreateStaff, useUpdateStaff } from '../api/save-staff'
import { useStaff } from '../api/staff'
import { normalizeDaysOff } from '../days-off'
import { useVersioned } from '../use-versioned'
import { everyDay, normalizeWeek, weekInWords } from '../week'
import { checkDaysOff, checkWeek, ownDaysOff, ownWeek } from '../week-form'
import { ChangedElsewhere } from './changed-elsewhere'
import { DaysOffEditor, type DaysOffErrors } from './days-off-editor'
import { WeekEditor, type WeekErrors } from './week-editor'

const schema = z
  .object({
    name: z.string().trim().min(1, 'Who is it?').max(200, 'At most 200 characters.'),
    every_service: z.boolean(),
    services: z.array(z.string()),
    as_business: z.boolean(),
    hours: z.custom<Week>(),
    breaks: z.custom<Week>(),
    days_off: z.custom<DaysOff[]>(),
  })
  .superRefine((values, context) => {
    if (!values.every_service && values.services.length === 0) {
      context.addIssue({ code: 'custom', path: ['services'], message: 'Choose at least one service.' })
    }
    if (!values.as_business) checkWeek(context, 'hours', values.hours)
    checkWeek(context, 'breaks', values.breaks)
    checkDaysOff(context, 'days_off', values.days_off)
  })

type Values = z.infer<typeof schema>

const toValues = (member: StaffInput): Values => ({
  name: member.name,
  every_service: member.services.length === 0,
  services: [...member.services].sort(),
  as_business: member.hours === null,
  hours: ownWeek(member.hours ?? everyDay()),
  breaks: ownWeek(member.breaks),
  days_off: ownDaysOff(member.days_off),
})

const toInput = (values: Values): StaffInput => ({
  name: values.name,
  services: values.every_service ? [] : values.services,
  hours: values.as_business ? null : normalizeWeek(values.hours),
  breaks: normalizeWeek(values.breaks),
  days_off: normalizeDaysOff(values.days_off),
})

const blank: StaffInput = { name: '', services: [], hours: null, breaks: everyDay(), days_off: [] }

interface Props {
  business: string
  /** The person to change; undefined for a new one. */
  member: Staff | undefined
  services: Service[]
  /** When the business is open, if that is known. */
  hours: Week | undefined
  today: string
  onClose: () => void
}

export function StaffDialog(props: Props) {
  return (
    <Dialog
      title={props.member ? props.member.name : 'New person'}
      description={props.member ? undefined : 'Somebody whom customers can book.'}
      size="lg"
      isOpen
      onClose={props.onClose}
      isDismissable={false}
    >
      <StaffForm key={props.member?.id} {...props} />
    </Dialog>
  )
}

function StaffForm({ business, member, services, hours, today, onClose }: Props) {
  const { refetch } = useStaff(business)
  const create = useCreateStaff(business)
  const update = useUpdateStaff()
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: toValues(member ?? blank) })
  const { submit, stale, load, formRef } = useVersioned<Staff, Values>(form, {
    row: member,
    toValues,
    save: (values, version) =>
      member
        ? update.mutateAsync({ ...toInput(values), id: member.id, version })
        : create.mutateAsync(toInput(values)),
    onSaved: (saved) => {
      toast.success(member ? 'Saved' : `${saved.name} can be booked`)
      onClose()
    },
    reload: async () => (await refetch()).data?.find((m) => m.id === member?.id),
  })
  const { control } = form
  return (
    <form ref={formRef} noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <DialogBody className="flex flex-col gap-7">
        {stale && <ChangedElsewhere noun="this person" onLoad={load} />}
        <FormError message={form.formState.errors.root?.server?.message} />
        <FormTextField control={control} name="name" label="Name" isRequired autoFocus />
        <Services control={control} services={services} />
        <Hours control={control} business={hours} />
        <Breaks control={control} />
        <TimeOff control={control} today={today} />
      </DialogBody>
      <FormFooter
        action={member ? 'Save' : 'Add person'}
        isSubmitting={form.formState.isSubmitting}
        onCancel={onClose}
      />
    </form>
  )
}

function Services({ control, services }: { control: Control<Values>; services: Service[] }) {
  const { field: every } = useController({ control, name: 'every_service' })
  const { field: chosen, fieldState } = useController({ control, name: 'services' })
  const errorId = useId()
  const error = fieldState.error?.message
  // What is switched off is listed only where somebody does it.
  const listed = services.filter((service) => service.is_active || chosen.value.includes(service.id))
  const choose = (id: string, on: boolean) =>
    chosen.onChange((on ? [...chosen.value, id] : chosen.value.filter((other) => other !== id)).sort())
  return (
    <Section title="Services">
      {listed.length === 0 ? (
        <p className="text-ink-muted">
          There are no services yet. Whoever works here does every one that is added.
        </p>
      ) : (
        <>
          <Switch isSelected={every.value} onChange={every.onChange}>
            Does every service, new ones too
          </Switch>
          {!every.value && (
            <fieldset className="flex min-w-0 flex-col gap-2">
              <legend className="sr-only">Which services</legend>
              <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
                {listed.map((service) => (
                  <label key={service.id} className="flex min-w-0 items-center gap-3 rounded-lg py-1.5">
                    <input
                      type="checkbox"
                      checked={chosen.value.includes(service.id)}
                      onChange={(event) => choose(service.id, event.target.checked)}
                      aria-invalid={error ? true : undefined}
                      aria-describedby={error ? errorId : undefined}
                      className="size-4 shrink-0 accent-accent"
                    />
                    <span className="min-w-0 truncate" title={service.name}>
                      {service.name}
                      {!service.is_active && <span className="text-ink-muted"> (inactive)</span>}
                    </span>
                  </label>
                ))}
              </div>
              {error && (
                <p id={errorId} className="text-[13px] text-bad">
                  {error}
                </p>
              )}
            </fieldset>
          )}
        </>
      )}
    </Section>
  )
}

/** What is added to a day. */
const usual = { start: '09:00', end: '18:00' }
const lunch = { start: '12:00', end: '13:00' }

function Hours({ control, business }: { control: Control<Values>; business: Week | undefined }) {
  const { field: asBusiness } = useController({ control, name: 'as_business' })
  const { field: hours, fieldState } = useController({ control, name: 'hours' })
  const setAsBusiness = (on: boolean) => {
    asBusiness.onChange(on)
    if (!on && weekInWords(hours.value, '') === '') hours.onChange(ownWeek(business ?? everyDay(usual)))
  }
  return (
    <Section title="Hours" description="Nobody works while the business is closed.">
      <Switch isSelected={asBusiness.value} onChange={setAsBusiness}>
        Works whenever the business is open
      </Switch>
      {asBusiness.value ? (
        business && <p className="text-ink-muted">{weekInWords(business, 'It is never open')}.</p>
      ) : (
        <WeekEditor
          label="Working hours"
          value={hours.value}
          onChange={hours.onChange}
          errors={fieldState.error as WeekErrors | undefined}
          empty="Not here"
          noun="hours"
          first={usual}
        />
      )}
    </Section>
  )
}

function Breaks({ control }: { control: Control<Values> }) {
  const { field, fieldState } = useController({ control, name: 'breaks' })
  return (
    <Section title="Breaks" description="Time in between that nobody can book.">
      <WeekEditor
        label="Breaks"
        value={field.value}
        onChange={field.onChange}
        errors={fieldState.error as WeekErrors | undefined}
        empty="No break"
        noun="break"
        first={lunch}
      />
    </Section>
  )
}

function TimeOff({ control, today }: { control: Control<Values>; today: string }) {
  const { field, fieldState } = useController({ control, name: 'days_off' })
  return (
    <Section title="Days off" description="For a single day, leave the last one empty.">
      <DaysOffEditor
        label="Days off"
        noun="day off"
        value={field.value}
        onChange={field.onChange}
        errors={fieldState.error as DaysOffErrors | undefined}
        today={today}
        notePlaceholder="Holiday"
      />
    </Section>
  )
}

function Section(props: { title: string; description?: string; children: React.ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <header>
        <h3 className="text-sm font-semibold">{props.title}</h3>
        {props.description && <p className="text-[13px] text-ink-muted">{props.description}</p>}
      </header>
      {props.children}
    </section>
  )
}
