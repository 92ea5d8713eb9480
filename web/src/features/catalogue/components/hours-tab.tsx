import { zodResolver } from '@hookform/resolvers/zod'
import { useController, useForm } from 'react-hook-form'
import { z } from 'zod'
import type { BookingSettings, Week } from '@/api'
import { Switch } from '@/components/ui'
import type { Profile } from '../api/profile'
import { everyDay, normalizeWeek, weekInWords } from '../week'
import { checkWeek, ownWeek } from '../week-form'
import { SettingsForm } from './settings-form'
import { WeekEditor, type WeekErrors } from './week-editor'

const schema = z
  .object({ as_profile: z.boolean(), hours: z.custom<Week>() })
  .superRefine((values, context) => {
    if (!values.as_profile) checkWeek(context, 'hours', values.hours)
  })

type Values = z.infer<typeof schema>

/** What is added to a day that is closed. */
const usual = { start: '09:00', end: '18:00' }

const toValues = ({ hours }: BookingSettings): Values => ({
  as_profile: hours === null,
  hours: ownWeek(hours ?? everyDay()),
})

const toInput = ({ as_profile, hours }: Values) => ({ hours: as_profile ? null : normalizeWeek(hours) })

interface Props {
  settings: BookingSettings
  profile: Profile
}

/** When the business is open. */
export function HoursTab({ settings, profile }: Props) {
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: toValues(settings) })
  const { field: asProfile } = useController({ control: form.control, name: 'as_profile' })
  const { field: hours, fieldState } = useController({ control: form.control, name: 'hours' })
  const setAsProfile = (on: boolean) => {
    asProfile.onChange(on)
    // What was there is where most people go on from.
    const blank = weekInWords(hours.value, '') === ''
    if (!on && blank) hours.onChange(ownWeek(profile.hours ?? everyDay(usual)))
  }
  return (
    <SettingsForm
      title="Opening hours"
      description={`Nobody is booked outside of them. Times are in ${profile.timezone.replaceAll('_', ' ')}.`}
      settings={settings}
      form={form}
      toValues={toValues}
      toInput={toInput}
    >
      <Switch isSelected={asProfile.value} onChange={setAsProfile}>
        The same every day, as in the business’s profile
      </Switch>
      {asProfile.value ? (
        <p className="text-ink-muted">
          {settings.hours === null && profile.hours
            ? `${weekInWords(profile.hours, 'Closed')}. Switch this off to give each weekday hours of its own.`
            : 'The opening and closing times of the profile hold on every day.'}
        </p>
      ) : (
        <WeekEditor
          label="Opening hours"
          value={hours.value}
          onChange={hours.onChange}
          errors={fieldState.error as WeekErrors | undefined}
          empty="Closed"
          noun="hours"
          first={usual}
        />
      )}
    </SettingsForm>
  )
}
