import { zodResolver } from '@hookform/resolvers/zod'
import { useController, useForm } from 'react-hook-form'
import { z } from 'zod'
import type { BookingSettings, DaysOff } from '@/api'
import { useNow } from '@/lib/use-now'
import type { Profile } from '../api/profile'
import { daysInWords, nextDaysOff, normalizeDaysOff, today } from '../days-off'
import { checkDaysOff, ownDaysOff } from '../week-form'
import { DaysOffEditor, type DaysOffErrors } from './days-off-editor'
import { SettingsForm } from './settings-form'

const schema = z
  .object({ holidays: z.custom<DaysOff[]>() })
  .superRefine(({ holidays }, context) => checkDaysOff(context, 'holidays', holidays))

type Values = z.infer<typeof schema>

const toValues = ({ holidays }: BookingSettings): Values => ({ holidays: ownDaysOff(holidays) })
const toInput = ({ holidays }: Values) => ({ holidays: normalizeDaysOff(holidays) })

interface Props {
  settings: BookingSettings
  profile: Profile
}

/** On which days the business is closed. */
export function HolidaysTab({ settings, profile }: Props) {
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: toValues(settings) })
  const { field, fieldState } = useController({ control: form.control, name: 'holidays' })
  const date = today(useNow(), profile.timezone)
  const next = nextDaysOff(settings.holidays, date)
  return (
    <SettingsForm
      title="Holidays"
      description="Days on which everybody is off. For a single day, leave the last one empty."
      settings={settings}
      form={form}
      toValues={toValues}
      toInput={toInput}
    >
      <p className="text-ink-muted">
        {next
          ? `Closed next: ${daysInWords(next)}${next.note ? `, ${next.note}` : ''}.`
          : 'No holiday is coming: customers can book on every day on which the business opens.'}
      </p>
      <DaysOffEditor
        label="Holidays"
        noun="holiday"
        value={field.value}
        onChange={field.onChange}
        errors={fieldState.error as DaysOffErrors | undefined}
        today={date}
        notePlaceholder="New Year"
      />
    </SettingsForm>
  )
}
