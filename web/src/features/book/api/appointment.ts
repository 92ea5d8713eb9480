import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Appointment, publicApi } from '@/api'
import { sessionHeader } from '../session'

/** How often the page of an appointment that waits for the business's word asks for it. */
const ASK_AGAIN = 30_000

/** The customer's own reservation, by the token of their link. */
export const appointmentQuery = (token: string) =>
  queryOptions({
    queryKey: ['appointment', token],
    queryFn: ({ signal }) =>
      publicApi.get<Appointment>(`/api/appointments/${encodeURIComponent(token)}/`, { signal }),
    refetchOnWindowFocus: true,
    refetchInterval: ({ state }) => state.data?.reservation.status === 'pending' && ASK_AGAIN,
  })

export const calendarFile = (token: string) => `/api/appointments/${encodeURIComponent(token)}/calendar.ics`

/** Every change makes another link: the answer is kept under its token. */
function useChange<T>(change: (input: T) => Promise<Appointment>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (appointment) =>
      queryClient.setQueryData(appointmentQuery(appointment.token).queryKey, appointment),
  })
}

export const useCancelAppointment = (token: string) =>
  useChange((reason: string) =>
    publicApi.post<Appointment>(`/api/appointments/${encodeURIComponent(token)}/cancel/`, { reason }),
  )

export const useReschedule = (token: string) =>
  useChange((to: { start: string; staff: string | undefined }) =>
    publicApi.post<Appointment>(
      `/api/appointments/${encodeURIComponent(token)}/reschedule/`,
      { start_time: to.start, staff: to.staff },
      { headers: sessionHeader() },
    ),
  )
