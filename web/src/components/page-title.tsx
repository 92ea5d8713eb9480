import { useTitleCount } from '@/lib/title'

/** Names the page in the browser's tab: "(3) Dashboard · Fade". One for each page. */
export function PageTitle({ children }: { children: string }) {
  const unread = useTitleCount()
  return <title>{`${unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : ''}${children} · Fade`}</title>
}
