/** What the engine's words mean, for whoever has to do something about them. */

interface Words {
  title: string
  meaning: string
}

const refusals: Record<string, Words> = {
  draining: { title: 'Stopping', meaning: 'The server was about to stop. Clients come back to another one.' },
  full: {
    title: 'Full',
    meaning: 'All places were taken. Raise FADE_MAX_SOCKETS or the descriptor limit, or add a server.',
  },
  rate: {
    title: 'Too many at once',
    meaning: 'More came than FADE_HANDSHAKES lets in each second. They were told when to come back.',
  },
}

export const refusalOf = (reason: string): Words =>
  refusals[reason] ?? { title: reason, meaning: 'A reason of a newer version of the server.' }

const closes: Record<number, Words> = {
  1000: { title: 'Left', meaning: 'The client went away, or closed with a code of its own.' },
  1001: { title: 'Page closed', meaning: 'The tab was closed or went to another page.' },
  1002: { title: 'Protocol error', meaning: 'The client broke the WebSocket protocol. Browsers do not.' },
  1003: { title: 'Binary', meaning: 'The client sent binary messages; only text is understood.' },
  1007: { title: 'Not text', meaning: 'The client sent something that is not UTF-8.' },
  1009: { title: 'Too large', meaning: 'The client sent a message of more than 64 KiB.' },
  1011: { title: 'Server fault', meaning: 'Something went wrong on the server. Its log says what.' },
  4400: { title: 'Malformed', meaning: 'The client sent something that is no message of the protocol.' },
  4401: { title: 'Token expired', meaning: 'The client did not renew its access token in time.' },
  4403: { title: 'Not allowed', meaning: 'The role or the business of the person changed.' },
  4409: { title: 'Signed out', meaning: 'The sign-in was ended, or the person was deactivated.' },
  4450: { title: 'Too slow', meaning: 'It took nothing for 30 seconds: a bad line or a sleeping device.' },
  4451: { title: 'Server stopped', meaning: 'The server sent its clients elsewhere before it stopped.' },
  4452: { title: 'Too many messages', meaning: 'The client sent more than 50 messages a second.' },
}

export const closeOf = (code: number): Words =>
  closes[code] ?? { title: 'Other', meaning: 'See docs/protocol.md.' }

/** "business:0190…" as what it carries, and whose it is, as far as that is known. */
export function channelWords(name: string, whose = ''): { title: string; about: string } {
  const [kind = '', id = ''] = name.split(':')
  if (name === 'dashboard') return { title: 'Dashboard', about: 'The whole platform, for super admins' }
  if (name === 'system') return { title: 'System', about: 'Between servers: whose access changed' }
  if (kind === 'business') return { title: 'Business', about: whose || id }
  if (kind === 'slots') return { title: 'Free times', about: whose || id }
  if (kind === 'user') return { title: 'Inbox', about: whose || id }
  return { title: name, about: '' }
}
