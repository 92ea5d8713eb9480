import { type ReactNode, useLayoutEffect, useMemo, useState } from 'react'
import type { PublicBusiness } from '@/api'
import { LogoMark } from '@/components/logo'
import { useDark } from '@/components/theme'
import { initialsOf } from '@/lib/format'
import { brandOf } from '../brand'

/** A business's own page: its colour, its logo and its name around what is inside. */
export function BrandFrame({ business, children }: { business: PublicBusiness; children: ReactNode }) {
  const dark = useDark()
  const brand = useMemo(
    () => brandOf(business.primary_color, dark ? 'dark' : 'light'),
    [business.primary_color, dark],
  )
  useLayoutEffect(() => {
    // Dialogs are outside of this element, and have the colour as well.
    if (!brand) return
    const { style } = document.documentElement
    const names = {
      '--accent': brand.accent,
      '--accent-hover': brand.hover,
      '--accent-soft': brand.soft,
      '--on-accent': brand.on,
    }
    for (const [name, value] of Object.entries(names)) style.setProperty(name, value)
    return () => {
      for (const name of Object.keys(names)) style.removeProperty(name)
    }
  }, [brand])
  return (
    <div className="flex min-h-dvh flex-col bg-canvas">
      {/* The colour as it is: it may be too light or too dark for anything that is to be read. */}
      <div aria-hidden className="h-1" style={{ backgroundColor: brand && business.primary_color }} />
      <header className="border-line border-b bg-surface">
        <div className="mx-auto flex w-full max-w-5xl items-center gap-3 px-4 py-4 sm:px-6">
          <BusinessMark business={business} />
          <p className="min-w-0 flex-1 font-semibold text-lg tracking-tight [overflow-wrap:anywhere]">
            {business.name}
          </p>
        </div>
      </header>
      <main className="mx-auto w-full max-w-5xl flex-1 px-4 py-6 sm:px-6 sm:py-8">{children}</main>
      <footer className="mx-auto flex w-full max-w-5xl flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-2 pb-8 text-[13px] text-ink-muted sm:px-6">
        {business.phone && (
          <a className="underline-offset-2 hover:underline" href={`tel:${business.phone}`}>
            {business.phone}
          </a>
        )}
        {business.email && (
          <a className="underline-offset-2 hover:underline" href={`mailto:${business.email}`}>
            {business.email}
          </a>
        )}
        <span className="ml-auto flex items-center gap-1.5">
          <LogoMark className="size-4" /> Booked with Fade
        </span>
      </footer>
    </div>
  )
}

function BusinessMark({ business }: { business: PublicBusiness }) {
  const [broken, setBroken] = useState<string>()
  if (business.logo_url && business.logo_url !== broken) {
    return (
      <img
        src={business.logo_url}
        alt=""
        className="size-11 shrink-0 rounded-xl object-cover"
        onError={() => setBroken(business.logo_url)}
      />
    )
  }
  return (
    <span
      aria-hidden
      className="flex size-11 shrink-0 items-center justify-center rounded-xl bg-accent font-semibold text-on-accent"
    >
      {initialsOf(business.name)}
    </span>
  )
}
