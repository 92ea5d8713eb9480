import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form'
import { ApiError, messageOf } from '@/api'

/**
 * Puts a failed request's complaints beside the fields they are about ("body.subdomain" is the field
 * `subdomain`) and focuses the first. What is about no field of the form becomes the form's own error, to
 * be shown with <FormError>.
 */
export function applyApiError<T extends FieldValues>(
  form: UseFormReturn<T, unknown, never> | UseFormReturn<T>,
  error: unknown,
): void {
  const { setError, getValues } = form as UseFormReturn<T>
  const rest: string[] = []
  let focused = false
  for (const problem of error instanceof ApiError ? error.errors : []) {
    const name = problem.location.replace(/^body\./, '')
    // A part of a field, such as "hours.monday", has its error where the field shows it.
    if ((name.split('.')[0] ?? name) in getValues()) {
      setError(name as FieldPath<T>, { type: 'server', message: problem.message }, { shouldFocus: !focused })
      focused = true
    } else {
      rest.push(problem.message)
    }
  }
  if (!focused || rest.length > 0) {
    setError('root.server', { type: 'server', message: rest.join(' ') || messageOf(error) })
  }
}
