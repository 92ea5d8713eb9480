import { zodResolver } from '@hookform/resolvers/zod'
import { useController, useForm } from 'react-hook-form'
import { z } from 'zod'
import type { BookingSettings } from '@/api'
import { FormSelect, FormTextField, Switch } from '@/components/ui'
import { cx } from '@/lib/cx'
import { type Amount, amountOf, minutesInWords, minutesOf, parseWhole } from '../amount'
import { nobodyCanBook, type Rules, rulesInWords } from '../rules'
import { AmountField } from './amount-field'
import { SettingsForm } from './settings-form'

const amount = (most: string) =>
  z.custom<Amount>().refine((value) => {
    const minutes = minutesOf(value)
    return minutes !== undefined && minutes <= 60 * 1440
  }, most)

const schema = z.object({
  lead_minutes: amount('A whole number, at most 60 days.'),
  horizon_days: z.string().refine((text) => {
    const n = parseWhole(text)
    return n !== undefined && n >= 1 && n <= 3650
  }, 'A whole number of days from 1 to 3650.'),
  cancel_until_minutes: amount('A whole number, at most 60 days.'),
  needs_confirmation: z.boolean(),
  slot_minutes: z.string(),
  first_reminder: z.string(),
  second_reminder: z.string(),
})

type Values = z.infer<typeof schema>

/** No reminder. */
const NONE = 0

const toValues = (settings: BookingSettings): Values => ({
  lead_minutes: amountOf(settings.lead_minutes),
  horizon_days: String(settings.horizon_days),
  cancel_until_minutes: amountOf(settings.cancel_until_minutes),
  needs_confirmation: settings.needs_confirmation,
  slot_minutes: String(settings.slot_minutes),
  first_reminder: String(settings.reminder_minutes[0] ?? NONE),
  second_reminder: String(settings.reminder_minutes[1] ?? NONE),
})

/** The rules that a form says; undefined while a field says nothing. */
function rulesOf(values: Values): Rules | undefined {
  const lead = minutesOf(values.lead_minutes)
  const horizon = parseWhole(values.horizon_days)
  const cancel = minutesOf(values.cancel_until_minutes)
  if (lead === undefined || horizon === undefined || cancel === undefined) return undefined
  return {
    lead_minutes: lead,
    horizon_days: horizon,
    cancel_until_minutes: cancel,
    needs_confirmation: values.needs_confirmation,
    slot_minutes: Number(values.slot_minutes),
    reminder_minutes: [
      ...new Set([Number(values.first_reminder), Number(values.second_reminder)].filter((n) => n !== NONE)),
    ].sort((a, b) => b - a),
  }
}

const toInput = (values: Values): Partial<Rules> => rulesOf(values) ?? {}

const steps = [5, 10, 15, 20, 30, 45, 60, 90, 120]

/** The usual steps, and the one there is. */
const stepOptions = (now: number) =>
  [...new Set([...steps, now])]
    .sort((a, b) => a - b)
    .map((n) => ({ value: String(n), label: `Every ${minutesInWords(n)}` }))

const reminders = [NONE, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 10_080]

/** The usual times, and the one there is. */
const reminderOptions = (now: number | undefined) =>
  [...new Set([...reminders, now ?? NONE])]
    .sort((a, b) => a - b)
    .map((n) => ({ value: String(n), label: n === NONE ? 'None' : `${minutesInWords(n)} before` }))

/** What customers may book, and until when they may change their minds. */
export function RulesTab({ settings }: { settings: BookingSettings }) {
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: toValues(settings) })
  const { control } = form
  const { field: confirmation } = useController({ control, name: 'needs_confirmation' })
  return (
    <SettingsForm
      title="Booking rules"
      description="They bind customers. You can book at any time that is open and free."
      settings={settings}
      form={form}
      toValues={toValues}
      toInput={toInput}
    >
      <Meaning rules={rulesOf(form.watch())} />
      <div className="grid items-start gap-x-8 gap-y-5 lg:grid-cols-2">
        <AmountField
          control={control}
          name="lead_minutes"
          label="Lead time"
          hint="From now until the first time that can be booked."
        />
        <FormTextField
          control={control}
          name="horizon_days"
          label="Horizon"
          suffix="days"
          inputMode="numeric"
          hint="How far ahead customers can book."
        />
        <AmountField
          control={control}
          name="cancel_until_minutes"
          label="Move or cancel until"
          hint="Before it begins. Later, they have to call you."
        />
        <FormSelect
          control={control}
          name="slot_minutes"
          label="Starts"
          options={stepOptions(settings.slot_minutes)}
          hint="Which times of the day are offered."
        />
        <FormSelect
          control={control}
          name="first_reminder"
          label="First reminder"
          options={reminderOptions(settings.reminder_minutes[0])}
          hint="By mail, to customers who left an address."
        />
        <FormSelect
          control={control}
          name="second_reminder"
          label="Second reminder"
          options={reminderOptions(settings.reminder_minutes[1])}
          hint="Moving or canceling an appointment cancels its reminders."
        />
      </div>
      <Switch isSelected={confirmation.value} onChange={confirmation.onChange}>
        I confirm each booking myself
      </Switch>
    </SettingsForm>
  )
}

/** The rules in words, as they are typed. */
function Meaning({ rules }: { rules: Rules | undefined }) {
  const shut = rules !== undefined && nobodyCanBook(rules)
  return (
    <p
      role="status"
      data-testid="rules-in-words"
      className={cx(
        'rounded-xl px-4 py-3',
        shut ? 'bg-warn-soft text-warn' : 'bg-sunken text-ink dark:bg-line',
      )}
    >
      {rules ? rulesInWords(rules).join(' ') : 'Fill in every rule to read what they mean together.'}
    </p>
  )
}
