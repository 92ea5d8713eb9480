import { createRoute, redirect, useRouter } from '@tanstack/react-router'
import { Info } from 'lucide-react'
import { z } from 'zod'
import { session } from '@/api'
import { LogoMark } from '@/components/logo'
import { PageTitle } from '@/components/page-title'
import { SignInForm } from '@/features/account/components/sign-in-form'
import { rootRoute } from './root'

const search = z.object({
  /** A path of this application; anything that could lead elsewhere is dropped. */
  redirect: z
    .string()
    .regex(/^\/(?![/\\])/)
    .optional()
    .catch(undefined),
  ended: z.enum(['expired', 'revoked']).optional().catch(undefined),
})

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: search,
  beforeLoad: ({ search }) => {
    if (session.signedIn) throw redirect({ href: search.redirect ?? '/', replace: true })
  },
  component: SignIn,
})

function SignIn() {
  const router = useRouter()
  const { redirect: back, ended } = signInRoute.useSearch()
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <PageTitle>Sign in</PageTitle>
      <main className="flex flex-col justify-center px-6 py-12 sm:px-12">
        <div className="mx-auto w-full max-w-sm">
          <LogoMark className="size-10" />
          <h1 className="mt-8 text-2xl font-semibold tracking-tight">Sign in to Fade</h1>
          <p className="mt-1.5 mb-8 text-ink-muted">Welcome back. Your bookings have not waited.</p>
          {ended && (
            <p
              role="status"
              className="mb-5 flex items-start gap-2 rounded-lg bg-accent-soft px-3 py-2.5 text-[13px] text-accent"
            >
              <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
              {ended === 'expired'
                ? 'Your session has ended. Sign in to go on where you were.'
                : 'Your session has ended: it was signed out elsewhere.'}
            </p>
          )}
          <SignInForm onSignedIn={() => void router.navigate({ href: back ?? '/', replace: true })} />
        </div>
      </main>
      <Bars />
    </div>
  )
}

/** The mark at the size of a wall, fading as it comes down. */
function Bars() {
  return (
    <div aria-hidden className="relative hidden overflow-hidden bg-[#0b3441] lg:block">
      <div className="absolute inset-0 flex gap-[3%] px-12 [mask-image:linear-gradient(to_bottom,black_15%,transparent_80%)]">
        {[1, 0.74, 0.53, 0.37, 0.24, 0.14, 0.07].map((opacity) => (
          <div key={opacity} className="flex-1 bg-[#2a8299]" style={{ opacity }} />
        ))}
      </div>
      <p className="absolute right-12 bottom-14 left-12 text-4xl leading-tight font-medium tracking-tight text-white">
        Every booking,
        <br />
        the moment it happens.
      </p>
    </div>
  )
}
