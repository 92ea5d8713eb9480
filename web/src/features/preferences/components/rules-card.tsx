import type { Rules } from '@/api'
import { Card, CardHeader } from '@/components/ui'
import { type Choices, withRule } from '../choices'
import { aboutType, typeInWords } from '../words'
import { InAppCell, RouteCell } from './rule-cells'

interface Props {
  choices: Choices
  onChange: (choices: Choices) => void
  /** The person owns a business, whose own address gets a mail of each new reservation anyway. */
  ownsBusiness: boolean
}

const head = 'px-3 pb-2 text-left text-xs font-medium text-ink-muted first:pl-5 last:pr-5'
const cell =
  'px-3 py-3 align-middle last:pr-5 max-md:flex max-md:items-center max-md:gap-3 max-md:px-5 max-md:py-1.5'

/** Which events reach a person by which route; a table, and on a phone a list. */
export function RulesCard({ choices, onChange, ownsBusiness }: Props) {
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="What reaches you, and how"
        description="Mails and pushes can wait until it is clear that you have not seen it here. Pushes reach the devices below."
      />
      <table className="w-full border-collapse max-md:block">
        <caption className="sr-only">Events, and the routes by which you hear of them</caption>
        <thead className="max-md:hidden">
          <tr>
            {['Event', 'Inbox', 'Email', 'Push'].map((text) => (
              <th key={text} scope="col" className={head}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {Object.entries(choices.rules).map(([type, rules]) => (
            <Row
              key={type}
              type={type}
              rules={rules}
              note={
                ownsBusiness && type === 'reservation_created'
                  ? 'Your business’s own address gets a mail of each anyway.'
                  : ''
              }
              onRule={(route, rule) => onChange(withRule(choices, type, route, rule))}
            />
          ))}
        </tbody>
      </table>
    </Card>
  )
}

interface RowProps {
  type: string
  rules: Rules
  note: string
  onRule: (route: keyof Rules, rule: Rules[keyof Rules]) => void
}

function Row({ type, rules, note, onRule }: RowProps) {
  return (
    <tr data-testid="rule-row" className="border-t border-line max-md:block max-md:py-3">
      <th scope="row" className="px-5 py-3 text-left font-normal max-md:block max-md:py-1">
        <span className="block font-medium text-ink">{typeInWords(type)}</span>
        <span className="block text-[13px] text-ink-muted">
          {aboutType(type)} {note}
        </span>
      </th>
      <td className={cell}>
        <Caption>Inbox</Caption>
        <InAppCell type={type} rule={rules.in_app} onChange={(rule) => onRule('in_app', rule)} />
      </td>
      <td className={cell}>
        <Caption>Email</Caption>
        <RouteCell type={type} route="email" rule={rules.email} onChange={(rule) => onRule('email', rule)} />
      </td>
      <td className={cell}>
        <Caption>Push</Caption>
        <RouteCell type={type} route="push" rule={rules.push} onChange={(rule) => onRule('push', rule)} />
      </td>
    </tr>
  )
}

/** The name of a column, where there are none. */
const Caption = ({ children }: { children: string }) => (
  <span aria-hidden className="w-12 shrink-0 text-[13px] text-ink-muted md:hidden">
    {children}
  </span>
)
