import { piecesOf } from '../links'

/**
 * The HTML of a mail as a mail program shows it: without scripts, forms and anything of this page. Links open in a
 * window of their own.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  return (
    <iframe
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={`<base target="_blank">${html}`}
      className="h-[min(46rem,75dvh)] w-full bg-white dark:bg-sunken"
    />
  )
}

/** The plain text of a mail. */
export function MailText({ text }: { text: string }) {
  let at = 0
  return (
    <pre className="overflow-x-auto px-5 py-4 font-mono text-[13px] break-words whitespace-pre-wrap text-ink">
      {piecesOf(text).map(({ text: piece, href }) => {
        at += piece.length
        return href ? (
          <a
            key={at}
            href={href}
            target="_blank"
            rel="noreferrer"
            className="break-all text-accent underline underline-offset-2"
          >
            {piece}
          </a>
        ) : (
          piece
        )
      })}
    </pre>
  )
}

/** One line of a mail's head. */
export function HeadLine({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-3 text-[13px]">
      <dt className="w-16 shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere] text-ink">{value}</dd>
    </div>
  )
}
