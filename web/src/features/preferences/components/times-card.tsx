import { Card, CardHeader, ComboBox, Segmented, Switch, TextField } from '@/components/ui'
import type { Choices } from '../choices'
import { zoneInWords } from '../words'

interface Props {
  choices: Choices
  onChange: (choices: Choices) => void
}

/** The zone that the browser is set to. */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** The zone of the browser first, and the chosen one even if this browser does not know it. */
const zoneOptions = (chosen: string) =>
  [...new Set([here, ...(zones.includes(chosen) ? [] : [chosen]), ...zones])].map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
    ...(zone === here ? { detail: 'Where your browser says you are' } : {}),
  }))

const digests = [
  { value: 'hourly', label: 'Every hour' },
  { value: 'daily', label: 'Every day' },
]

/** When mails and pushes may come. */
export function TimesCard({ choices, onChange }: Props) {
  const quiet = choices.quiet_start !== null
  return (
    <Card>
      <CardHeader title="When" description="Mails tell times in this zone, too." />
      <div className="grid items-start gap-x-8 gap-y-6 px-5 pb-5 lg:grid-cols-2">
        <div className="flex flex-col items-start gap-2">
          <ComboBox
            label="Time zone"
            className="w-full"
            value={choices.timezone}
            options={zoneOptions(choices.timezone)}
            onChange={(timezone) => onChange({ ...choices, timezone })}
          />
          {choices.timezone !== here && (
            <p className="text-[13px] text-ink-muted">
              Your browser says {zoneInWords(here)}.{' '}
              <button
                type="button"
                onClick={() => onChange({ ...choices, timezone: here })}
                className="font-medium text-accent underline-offset-2 hover:underline"
              >
                Use it
              </button>
            </p>
          )}
        </div>
        <div className="flex flex-col items-start gap-3">
          <p className="text-[13px] font-medium text-ink">Digest</p>
          <div className="flex flex-wrap items-end gap-3">
            <Segmented
              label="How often the digest leaves"
              options={digests}
              value={choices.digest}
              onChange={(digest) => onChange({ ...choices, digest })}
            />
            {choices.digest === 'daily' && (
              <TextField
                label="Daily digest at"
                hideLabel
                type="time"
                value={choices.digest_at}
                onChange={(digest_at) => onChange({ ...choices, digest_at })}
              />
            )}
          </div>
        </div>
        <div className="flex flex-col items-start gap-3 lg:col-span-2">
          <Switch
            isSelected={quiet}
            onChange={(on) =>
              onChange({
                ...choices,
                quiet_start: on ? '22:00' : null,
                quiet_end: on ? '07:00' : null,
              })
            }
          >
            Quiet hours: mails and pushes wait
          </Switch>
          {quiet && (
            <div className="flex flex-wrap items-end gap-3">
              <TextField
                label="From"
                type="time"
                value={choices.quiet_start ?? ''}
                onChange={(quiet_start) => onChange({ ...choices, quiet_start })}
              />
              <TextField
                label="Until"
                type="time"
                value={choices.quiet_end ?? ''}
                onChange={(quiet_end) => onChange({ ...choices, quiet_end })}
              />
            </div>
          )}
        </div>
      </div>
    </Card>
  )
}
