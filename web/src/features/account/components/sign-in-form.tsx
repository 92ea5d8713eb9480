import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { ApiError, session } from '@/api'
import { applyApiError, Button, FormError, FormTextField } from '@/components/ui'

const schema = z.object({
  email: z.email('Enter your email address.'),
  password: z.string().min(1, 'Enter your password.'),
})

export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } })
  const submit = form.handleSubmit(async ({ email, password }) => {
    try {
      await session.signIn(email, password)
      onSignedIn()
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        form.setError('root.server', { message: 'This email and password do not match an account.' })
        form.setFocus('password', { shouldSelect: true })
      } else {
        applyApiError(form, error)
      }
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <FormError message={form.formState.errors.root?.server?.message} />
      <FormTextField
        control={form.control}
        name="email"
        label="Email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoFocus
      />
      <FormTextField
        control={form.control}
        name="password"
        label="Password"
        type="password"
        autoComplete="current-password"
      />
      <Button type="submit" isPending={form.formState.isSubmitting} className="w-full">
        Sign in
      </Button>
    </form>
  )
}
