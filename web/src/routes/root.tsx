import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useEffect } from 'react'
import { ApiError } from '@/api'
import { EmptyState, ErrorState, LinkButton } from '@/components/ui'

export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Failed,
})

function NotFound() {
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <EmptyState
        icon={<Compass />}
        title="There is no such page"
        action={
          <LinkButton to="/" variant="secondary" size="sm">
            Go to the start
          </LinkButton>
        }
      >
        The address may be mistyped, or what it led to is no longer there.
      </EmptyState>
    </main>
  )
}

/** How often a server that could not be reached is asked again, in ms. */
const AGAIN = 10_000

function Failed({ error }: { error: unknown }) {
  const router = useRouter()
  const unreachable = error instanceof ApiError && error.status === 0
  // Nobody has to press what will work by itself.
  useEffect(() => {
    const again = () => void router.invalidate()
    window.addEventListener('online', again)
    const timer = unreachable ? setInterval(again, AGAIN) : undefined
    return () => {
      window.removeEventListener('online', again)
      clearInterval(timer)
    }
  }, [router, unreachable])
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <ErrorState error={error} onRetry={() => void router.invalidate()} />
    </main>
  )
}
