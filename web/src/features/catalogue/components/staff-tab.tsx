import { Plus, Users } from 'lucide-react'
import { useState } from 'react'
import type { Service, Staff } from '@/api'
import { Button, ConfirmDialog, EmptyState, toast, toastError } from '@/components/ui'
import { useNow } from '@/lib/use-now'
import type { Profile } from '../api/profile'
import { useSetStaffActive } from '../api/save-staff'
import { useServices } from '../api/services'
import { useSettings } from '../api/settings'
import { useStaff } from '../api/staff'
import { daysInWords, nextDaysOff, today } from '../days-off'
import { weekInWords } from '../week'
import { CatalogueCard } from './catalogue-card'
import { CatalogueRow } from './catalogue-row'
import { StaffDialog } from './staff-dialog'

interface Props {
  business: string
  profile: Profile | undefined
  /** The person whose form is open, or "new". */
  open: string | undefined
  onOpen: (open: string | undefined) => void
}

export function StaffTab({ business, profile, open, onOpen }: Props) {
  const { data: staff, error, refetch } = useStaff(business)
  const { data: services } = useServices(business)
  const { data: settings } = useSettings(business)
  const setActive = useSetStaffActive()
  const [leavingId, setLeavingId] = useState<string>()
  const date = today(useNow(), profile?.timezone)
  const opened = staff?.find((member) => member.id === open)
  const leaving = staff?.find((member) => member.id === leavingId)
  const last = staff?.filter((member) => member.is_active).length === 1
  const activate = (member: Staff) =>
    setActive.mutate(
      { member, active: true },
      { onSuccess: () => toast.success(`${member.name} can be booked again`), onError: toastError },
    )
  return (
    <>
      <CatalogueCard
        title="Staff"
        description="Who works here. Each person has a calendar of their own."
        action="New person"
        onNew={() => onOpen('new')}
        isPending={!staff}
        error={staff ? null : error}
        onRetry={() => void refetch()}
        note={
          staff?.some((member) => member.is_active)
            ? undefined
            : 'Nobody is active: the business is booked as one chair, one appointment at a time.'
        }
        empty={
          <EmptyState
            icon={<Users />}
            title="Nobody is on the staff yet"
            action={
              <Button variant="secondary" size="sm" onPress={() => onOpen('new')}>
                <Plus aria-hidden className="size-4" />
                Add the first person
              </Button>
            }
          >
            Until somebody is, the business is booked as one chair: one appointment at a time, in its opening
            hours.
          </EmptyState>
        }
      >
        {(staff ?? []).map((member) => (
          <CatalogueRow
            key={member.id}
            id={member.id}
            name={member.name}
            isActive={member.is_active}
            onEdit={() => onOpen(member.id)}
            onSetActive={() => (member.is_active ? setLeavingId(member.id) : activate(member))}
          >
            <p className="truncate">{servicesInWords(member, services ?? [])}</p>
            <p>
              {member.hours ? weekInWords(member.hours, 'Never works') : 'Works the business’s hours'}
              <NextOff member={member} date={date} />
            </p>
          </CatalogueRow>
        ))}
      </CatalogueCard>
      {services && (opened || (open === 'new' && staff)) && (
        <StaffDialog
          business={business}
          member={opened}
          services={services}
          hours={settings?.hours ?? profile?.hours}
          today={date}
          onClose={() => onOpen(undefined)}
        />
      )}
      <ConfirmDialog
        title={`Deactivate ${leaving?.name ?? ''}?`}
        action="Deactivate"
        danger
        isOpen={leaving !== undefined}
        onClose={() => setLeavingId(undefined)}
        onConfirm={async () => leaving && (await setActive.mutateAsync({ member: leaving, active: false }))}
      >
        Customers can no longer book with them; their appointments stay as they are.
        {last && ' Nobody else is active: the business is then booked as one chair.'}
      </ConfirmDialog>
    </>
  )
}

function NextOff({ member, date }: { member: Staff; date: string }) {
  const next = nextDaysOff(member.days_off, date)
  return next ? <> · off {daysInWords(next)}</> : null
}

function servicesInWords(member: Staff, services: Service[]): string {
  if (member.services.length === 0) return 'Every service'
  const names = services.filter((service) => member.services.includes(service.id)).map((s) => s.name)
  return names.length === 0 ? 'No service' : names.join(', ')
}
