import type { Control, FieldPath } from 'react-hook-form'
import { z } from 'zod'
import { businessTypes } from '@/components/status'
import { FormSelect, FormTextField } from '@/components/ui'
import type { BusinessInput } from '../api/save'

/** What the browser can tell by itself; the server has the last word on every field. */
export const businessSchema = z.object({
  name: z.string().trim().min(1, 'Give the business a name.'),
  business_type: z.enum(['barbershop', 'salon', 'clinic', 'other']),
  subdomain: z
    .string()
    .trim()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'Use lower-case letters, digits and hyphens.'),
  email: z.union([z.literal(''), z.email('This is not an email address.')]),
  phone: z.string(),
  business_hours_start: z.string().min(1, 'When does it open?'),
  business_hours_end: z.string().min(1, 'When does it close?'),
  timezone: z.string().min(1, 'Choose a time zone.'),
  primary_color: z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour looks like #0f5c70.'),
  subscription_status: z.enum(['trial', 'active', 'suspended', 'cancelled']),
})

export const blankBusiness = (): BusinessInput => ({
  name: '',
  business_type: 'barbershop',
  subdomain: '',
  email: '',
  phone: '',
  business_hours_start: '09:00',
  business_hours_end: '18:00',
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
  primary_color: '#0f5c70',
  subscription_status: 'trial',
})

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map(
  (value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }),
)

const statuses = [
  { value: 'trial', label: 'Trial' },
  { value: 'active', label: 'Active' },
  { value: 'suspended', label: 'Suspended' },
  { value: 'cancelled', label: 'Cancelled' },
] as const

/** The fields of a business, for its form and for that of a new one. */
export function BusinessFields({ control }: { control: Control<BusinessInput> }) {
  const text = (name: FieldPath<BusinessInput>) => ({ control, name })
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <FormTextField {...text('name')} label="Name" isRequired autoFocus className="sm:col-span-2" />
      <FormSelect control={control} name="business_type" label="Type" options={businessTypes} isRequired />
      <FormTextField
        {...text('subdomain')}
        label="Subdomain"
        isRequired
        hint="Its booking page lives here."
        autoComplete="off"
        spellCheck="false"
      />
      <FormTextField {...text('email')} label="Email" type="email" inputMode="email" />
      <FormTextField {...text('phone')} label="Phone" type="tel" inputMode="tel" />
      <FormTextField {...text('business_hours_start')} label="Opens" type="time" isRequired />
      <FormTextField {...text('business_hours_end')} label="Closes" type="time" isRequired />
      <FormSelect
        control={control}
        name="timezone"
        label="Time zone"
        options={zones}
        searchable
        isRequired
        hint="Opening hours are in this zone."
      />
      <FormSelect control={control} name="subscription_status" label="Subscription" options={statuses} />
      <FormTextField {...text('primary_color')} label="Colour" type="color" />
    </div>
  )
}
