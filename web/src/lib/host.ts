/** The business on whose own host the page is, as the server says in the page's head. */
export const businessOfHost = (): string | undefined =>
  document.querySelector<HTMLMetaElement>('meta[name="fade-business"]')?.content || undefined
