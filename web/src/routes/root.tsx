import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useEffect } from 'react'
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

function Failed({ error }: { error: unknown }) {
  const router = useRouter()
  // Nobody has to press what will work by itself.
  useEffect(() => {
    const again = () => void router.invalidate()
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [router])
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <ErrorState error={error} onRetry={() => void router.invalidate()} />
    </main>
  )
}
