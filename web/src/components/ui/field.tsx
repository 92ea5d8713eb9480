import type { ReactNode } from 'react'
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components'
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form'
import { cx } from '@/lib/cx'

export const labelClass = 'text-[13px] font-medium text-ink'
export const controlClass =
  'min-w-0 rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink shadow-card transition-colors focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent invalid:border-bad disabled:bg-sunken disabled:text-ink-faint dark:bg-sunken'
const errorClass = 'text-[13px] text-bad'
const hintClass = 'text-[13px] text-ink-muted'

/** What stands under a control: the error if there is one, else the hint. */
export function FieldNotes({ error, hint }: { error?: string | undefined; hint?: ReactNode }) {
  return (
    <>
      {hint && !error && (
        <Text slot="description" className={hintClass}>
          {hint}
        </Text>
      )}
      <FieldError className={errorClass}>{error}</FieldError>
    </>
  )
}

export interface TextFieldProps extends Omit<AriaTextFieldProps, 'children' | 'className'> {
  label: string
  hint?: ReactNode
  error?: string | undefined
  placeholder?: string
  /** Shown inside, before or after the text, such as the rest of a domain. */
  suffix?: ReactNode
  rows?: number
  className?: string
  /** Reads out the label without showing it. */
  hideLabel?: boolean
  inputRef?: (element: HTMLInputElement | HTMLTextAreaElement | null) => void
}

/** A line of text, or several with `rows`, with its label, hint and error. */
export function TextField({
  label,
  hint,
  error,
  placeholder,
  suffix,
  rows,
  className,
  hideLabel,
  inputRef,
  ...props
}: TextFieldProps) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label className={hideLabel ? 'sr-only' : labelClass}>
        {label}
        {props.isRequired && <Required />}
      </Label>
      {rows ? (
        <TextArea
          ref={inputRef}
          rows={rows}
          placeholder={placeholder}
          className={cx(controlClass, 'resize-y py-2')}
        />
      ) : suffix ? (
        <div className="flex min-w-0">
          <Input
            ref={inputRef}
            placeholder={placeholder}
            className={cx(controlClass, 'h-10 flex-1 rounded-r-none')}
          />
          <span className="flex max-w-[50%] items-center truncate rounded-r-lg border border-line-strong border-l-0 bg-sunken px-3 text-[13px] text-ink-muted">
            {suffix}
          </span>
        </div>
      ) : (
        <Input ref={inputRef} placeholder={placeholder} className={cx(controlClass, 'h-10')} />
      )}
      <FieldNotes error={error} hint={hint} />
    </AriaTextField>
  )
}

export function Required() {
  return (
    <span aria-hidden className="text-bad">
      {' '}
      *
    </span>
  )
}

interface FormTextFieldProps<T extends FieldValues> extends Omit<TextFieldProps, 'name' | 'error'> {
  control: Control<T>
  name: FieldPath<T>
}

/** A text field of a react-hook-form form. */
export function FormTextField<T extends FieldValues>({ control, name, ...props }: FormTextFieldProps<T>) {
  const { field, fieldState } = useController({ control, name })
  return (
    <TextField
      {...props}
      name={name}
      value={field.value ?? ''}
      onChange={field.onChange}
      onBlur={field.onBlur}
      inputRef={field.ref}
      error={fieldState.error?.message}
    />
  )
}
