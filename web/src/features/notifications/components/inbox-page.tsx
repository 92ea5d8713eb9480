export function InboxPage(_: { show: string; onShow: (show: 'all' | 'unread' | 'archived') => void }) {
  return null
}
