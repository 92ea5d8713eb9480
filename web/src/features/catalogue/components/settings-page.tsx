import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { BookingSettings, BusinessRef } from '@/api'
import { PageTitle } from '@/components/page-title'
import { buttonClass, Card, ErrorState, PageHeader, Skeleton } from '@/components/ui'
import { useChannel } from '@/live'
import { type Profile, useProfile } from '../api/profile'
import { useSettings } from '../api/settings'
import { type SettingsSearch, type Tab as TabName, tabs } from '../search'
import { HolidaysTab } from './holidays-tab'
import { HoursTab } from './hours-tab'
import { RulesTab } from './rules-tab'
import { ServicesTab } from './services-tab'
import { StaffTab } from './staff-tab'

const names: Record<TabName, string> = {
  services: 'Services',
  staff: 'Staff',
  hours: 'Hours',
  holidays: 'Holidays',
  rules: 'Rules',
}

interface Props {
  business: string
  /** An owner's own business; null for a super admin. */
  own: BusinessRef | null
  shown: SettingsSearch
  onShow: (shown: SettingsSearch) => void
  /** A way back, above the tabs. */
  children?: ReactNode
}

/** What a business offers, when, and by which rules. */
export function SettingsPage({ business, own, shown, onShow, children }: Props) {
  const tab = shown.tab ?? 'services'
  useChannel(`business:${business}`)
  const { data: read, error, refetch } = useProfile(business, own)
  // An owner may change everything even while the rest of it cannot be read.
  const profile: Profile | null = read ?? (own && { ...own, hours: undefined })
  if (error && !profile) {
    return (
      <>
        <PageTitle>Settings</PageTitle>
        {children}
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      </>
    )
  }
  const onOpen = (open: string | undefined) => onShow({ tab: shown.tab, open })
  return (
    <>
      <PageTitle>{own ? 'Settings' : `Settings of ${profile?.name ?? 'a business'}`}</PageTitle>
      {children}
      <PageHeader
        title={own ? 'Settings' : (profile?.name ?? <Skeleton className="h-8 w-56" />)}
        description="What can be booked, with whom, and when. Changes hold at once."
      >
        {profile && (
          <a
            href={`/book/${profile.subdomain}`}
            target="_blank"
            rel="noreferrer"
            className={buttonClass('secondary')}
          >
            Booking page
            <ExternalLink aria-hidden className="size-4" />
            <span className="sr-only">(opens in a new tab)</span>
          </a>
        )}
      </PageHeader>
      {profile?.inactive && (
        <p className="mb-5 rounded-lg bg-warn-soft px-3 py-2.5 text-[13px] text-warn">
          This business is inactive: whatever is set here, nobody can book until it is activated.
        </p>
      )}
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) => onShow({ tab: key === 'services' ? undefined : (key as TabName) })}
        className="flex min-w-0 flex-col gap-5"
      >
        <TabList
          aria-label="Settings"
          className="flex overflow-x-auto sm:gap-1 border-b border-line [scrollbar-width:none]"
        >
          {tabs.map((name) => (
            <Tab
              key={name}
              id={name}
              className="-mb-px cursor-default border-b-2 border-transparent px-2 py-2.5 font-medium sm:px-3 whitespace-nowrap text-ink-muted outline-none transition-colors hover:text-ink focus-visible:rounded-md focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent selected:border-accent selected:text-accent"
            >
              {names[name]}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="services" className="outline-none">
          <ServicesTab business={business} open={shown.open} onOpen={onOpen} />
        </TabPanel>
        <TabPanel id="staff" className="outline-none">
          <StaffTab business={business} profile={profile ?? undefined} open={shown.open} onOpen={onOpen} />
        </TabPanel>
        {(['hours', 'holidays', 'rules'] as const).map((name) => (
          <TabPanel key={name} id={name} className="outline-none">
            <WithSettings business={business} profile={profile ?? undefined}>
              {(settings, known) =>
                name === 'hours' ? (
                  <HoursTab settings={settings} profile={known} />
                ) : name === 'holidays' ? (
                  <HolidaysTab settings={settings} profile={known} />
                ) : (
                  <RulesTab settings={settings} />
                )
              }
            </WithSettings>
          </TabPanel>
        ))}
      </Tabs>
    </>
  )
}

interface WithSettingsProps {
  business: string
  profile: Profile | undefined
  children: (settings: BookingSettings, profile: Profile) => ReactNode
}

/** What needs the settings, once they are there. */
function WithSettings({ business, profile, children }: WithSettingsProps) {
  const { data: settings, error, refetch } = useSettings(business)
  if (settings && profile) return children(settings, profile)
  return (
    <Card>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="flex flex-col gap-3 p-5">
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-48" />
        </div>
      )}
    </Card>
  )
}
