import { CircleAlert } from 'lucide-react'

/** What is wrong with a form as a whole; pass `form.formState.errors.root?.server?.message`. */
export function FormError({ message }: { message: string | undefined }) {
  if (!message) return null
  return (
    <p
      role="alert"
      className="flex items-start gap-2 rounded-lg bg-bad-soft px-3 py-2.5 text-[13px] text-bad"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {message}
    </p>
  )
}
