import type { Rule } from '@/api'
import { Select, Switch } from '@/components/ui'
import { minutesShort, typeInWords } from '../words'

interface CellProps {
  type: string
  rule: Rule
  onChange: (rule: Rule) => void
}

export function InAppCell({ type, rule, onChange }: CellProps) {
  const on = rule.when === 'always'
  return (
    <Switch isSelected={on} onChange={(next) => onChange({ when: next ? 'always' : 'never' })}>
      <span className="md:sr-only">{on ? 'On' : 'Off'}</span>
      <span className="sr-only">: {typeInWords(type)} in the inbox</span>
    </Switch>
  )
}

const whens = [
  { value: 'always', label: 'Always' },
  { value: 'unseen', label: 'If not seen' },
  { value: 'digest', label: 'In the digest' },
  { value: 'never', label: 'Never' },
]
const noDigest = whens.filter(({ value }) => value !== 'digest')

/** Usual waits; another that somebody has set by other means is offered too. */
const waits = [1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880]
const waitOptions = (now: number | undefined) =>
  [...new Set(now ? [...waits, now] : waits)]
    .sort((a, b) => a - b)
    .map((n) => ({ value: String(n), label: `after ${minutesShort(n)}` }))

const FIRST_WAIT = 15

export function RouteCell({ type, rule, onChange, route }: CellProps & { route: 'email' | 'push' }) {
  const name = route === 'email' ? 'Email' : 'Push'
  return (
    <div className="flex flex-wrap gap-2">
      <Select
        label={`${name}: ${typeInWords(type)}`}
        hideLabel
        size="sm"
        className="w-36 max-md:flex-1"
        value={rule.when}
        options={route === 'email' ? whens : noDigest}
        onChange={(when) =>
          onChange(when === 'unseen' ? { when, minutes: rule.minutes || FIRST_WAIT } : { when })
        }
      />
      {rule.when === 'unseen' && (
        <Select
          label={`${name}: how long ${typeInWords(type).toLowerCase()} may stay unseen`}
          hideLabel
          size="sm"
          className="w-32 max-md:flex-1"
          value={String(rule.minutes ?? FIRST_WAIT)}
          options={waitOptions(rule.minutes)}
          onChange={(minutes) => onChange({ when: 'unseen', minutes: Number(minutes) })}
        />
      )}
    </div>
  )
}
