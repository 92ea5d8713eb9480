import { type ReactNode, useEffect, useRef } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import type { PublicService, PublicStaff } from '@/api'
import { cx } from '@/lib/cx'
import { formatMinutes, formatPrice } from '../zone'

const choiceClass =
  'group flex cursor-pointer items-center gap-3 rounded-xl border border-line bg-surface px-4 py-3 shadow-card transition-colors hover:border-line-strong selected:border-accent selected:bg-accent-soft focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-2'

function Dot() {
  return (
    <span
      aria-hidden
      className="flex size-5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface group-selected:border-accent group-selected:bg-accent"
    >
      <span className="size-2 rounded-full bg-on-accent opacity-0 group-selected:opacity-100" />
    </span>
  )
}

interface StepTitleProps {
  children: ReactNode
  id?: string
  /** Where somebody was is gone: the keyboard goes on from here. */
  takesFocus?: boolean
}

export function StepTitle({ children, id, takesFocus = false }: StepTitleProps) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) ref.current?.focus()
  }, [takesFocus])
  return (
    <h2 ref={ref} id={id} tabIndex={-1} className="mb-3 font-semibold text-base tracking-tight outline-none">
      {children}
    </h2>
  )
}

interface ServicesProps {
  services: PublicService[]
  value: string | undefined
  onChange: (id: string) => void
}

export function ServiceChoice({ services, value, onChange }: ServicesProps) {
  return (
    <RadioGroup value={value ?? null} onChange={onChange}>
      <Label>
        <StepTitle>What would you like?</StepTitle>
      </Label>
      <div className="flex flex-col gap-2">
        {services.map((service) => (
          <Radio key={service.id} value={service.id} className={choiceClass}>
            <Dot />
            <span className="min-w-0 flex-1">
              <span className="block font-medium [overflow-wrap:anywhere]">{service.name}</span>
              {service.description && (
                <span className="block whitespace-pre-line text-[13px] text-ink-muted [overflow-wrap:anywhere]">
                  {service.description}
                </span>
              )}
            </span>
            <span className="shrink-0 text-right text-[13px] tabular-nums">
              <span className="block font-medium">{formatPrice(service.price, service.currency)}</span>
              <span className="block text-ink-muted">{formatMinutes(service.duration_minutes)}</span>
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}

interface StaffProps {
  staff: PublicStaff[]
  value: string | undefined
  onChange: (id: string | undefined) => void
}

const ANYBODY = 'anybody'

export function StaffChoice({ staff, value, onChange }: StaffProps) {
  return (
    <RadioGroup
      value={value ?? ANYBODY}
      onChange={(id) => onChange(id === ANYBODY ? undefined : id)}
      orientation="horizontal"
    >
      <Label>
        <StepTitle>With whom?</StepTitle>
      </Label>
      <div className="flex flex-wrap gap-2">
        {[{ id: ANYBODY, name: 'Anybody' }, ...staff].map((member) => (
          <Radio
            key={member.id}
            value={member.id}
            className={cx(choiceClass, 'max-w-full rounded-full py-2')}
          >
            <span className="truncate font-medium text-sm" title={member.name}>
              {member.name}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
