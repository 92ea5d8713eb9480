import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { api, type Delivery, type MailPreview, type MailTemplate } from '@/api'

export const templatesQuery = queryOptions({
  queryKey: ['mail', 'templates'],
  queryFn: ({ signal }) => api.get<MailTemplate[]>('/api/mail/templates/', { signal }),
})

export const useTemplates = () => useQuery(templatesQuery)

export const previewQuery = (kind: string) =>
  queryOptions({
    queryKey: ['mail', 'templates', kind],
    queryFn: ({ signal }) =>
      api.get<MailPreview>(`/api/mail/templates/${encodeURIComponent(kind)}/`, { signal }),
  })

export const usePreview = (kind: string | undefined) =>
  useQuery({ ...previewQuery(kind ?? ''), enabled: kind !== undefined })

/** Sends one to whoever asks; gives the delivery that it becomes. */
export const useSendTest = () =>
  useMutation({
    mutationFn: (kind: string) => api.post<Delivery>(`/api/mail/templates/${encodeURIComponent(kind)}/test/`),
  })
