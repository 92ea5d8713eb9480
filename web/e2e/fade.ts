import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect, type Locator, type Page } from '@playwright/test'

const binary = resolve(import.meta.dirname, '../../bin/fade')

export const admin = { email: 'arta@example.com', password: 'a-long-password' }

/** Ports of this worker: no other worker takes any of them between our look and our server. */
const PORTS = 7_000
const firstPort = 15_000 + PORTS * (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 2)
let nextPort = Math.floor(Math.random() * PORTS)

/** A free loopback port, below those that the system gives to outgoing connections; never the same twice in a row. */
async function freePort(): Promise<number> {
  for (;;) {
    nextPort = (nextPort + 1) % PORTS
    const port = firstPort + nextPort
    const free = await new Promise<boolean>((done) => {
      const server = createServer()
      server.once('error', () => done(false))
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
    })
    if (free) return port
  }
}

/** A real program on a database of its own, with a Redis of its own, that a test may kill and start again. */
export class Fade {
  readonly url: string
  private readonly dir = mkdtempSync(join(tmpdir(), 'fade-e2e-'))
  private readonly port: number
  private readonly redisPort: number
  private server: ChildProcess | undefined
  private redis: ChildProcess | undefined
  private token = ''
  /** What the server has written so far. */
  output = ''

  private constructor(port: number, redisPort: number) {
    this.port = port
    this.redisPort = redisPort
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Fade> {
    const fade = new Fade(await freePort(), await freePort())
    const database = ['--database', `sqlite:${join(fade.dir, 'fade.db')}`]
    execFileSync(
      binary,
      [
        'createsuperadmin',
        '--email',
        admin.email,
        '--first-name',
        'Arta',
        '--last-name',
        'Krasniqi',
        '--password-stdin',
        ...database,
      ],
      { input: `${admin.password}\n` },
    )
    fade.redis = spawn(
      'redis-server',
      ['--port', `${fade.redisPort}`, '--bind', '127.0.0.1', '--save', '', '--dir', fade.dir],
      {
        stdio: 'ignore',
      },
    )
    await fade.run()
    return fade
  }

  /** Starts the server and waits until it says that it listens. */
  async run(): Promise<void> {
    const server = spawn(
      binary,
      [
        'serve',
        '--listen',
        `127.0.0.1:${this.port}`,
        '--data',
        this.dir,
        '--redis',
        `redis://127.0.0.1:${this.redisPort}`,
      ],
      { env: { ...process.env, FADE_RATE_LIMITS: 'off' }, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    this.server = server
    await new Promise<void>((listening, failed) => {
      server.once('exit', () => failed(new Error(`the server ended: ${this.output}`)))
      createInterface({ input: server.stderr }).on('line', (line) => {
        this.output += `${line}\n`
        if (line.startsWith('Starting fade ')) listening()
      })
    })
  }

  /** kill -9: nothing is said goodbye to. */
  async kill(): Promise<void> {
    const server = this.server
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((done) => server.once('exit', done))
    server.kill('SIGKILL')
    await ended
  }

  async stop(): Promise<void> {
    await this.kill()
    this.redis?.kill('SIGKILL')
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Speaks to the API as the super admin, beside the browser. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    if (!this.token) {
      this.token = 'signing in'
      this.token = (await this.api<{ access: string }>('POST', '/api/auth/login/', admin)).access
    }
    const response = await fetch(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(path === '/api/auth/login/' ? { headers: { 'Content-Type': 'application/json' } } : {}),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  createBusiness(name: string, subdomain: string): Promise<{ id: string }> {
    return this.api('POST', '/api/businesses/', {
      name,
      subdomain,
      timezone: 'UTC',
      business_hours_start: '00:00',
      business_hours_end: '23:59',
      owner_email: `owner@${subdomain}.example`,
      owner_password: 'owner-password',
      owner_first_name: 'Luan',
      owner_last_name: 'Berisha',
    })
  }

  private booked = 0

  /** Books as the public does, for tomorrow: noon, and half an hour later at each call. */
  async book(subdomain: string, customer: string): Promise<{ id: string }> {
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const start = Date.parse(`${day}T12:00:00Z`) + 30 * 60_000 * this.booked++
    const response = await fetch(`${this.url}/api/reservations/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        subdomain,
        customer_name: customer,
        customer_phone: '+383 44 123 456',
        start_time: new Date(start).toISOString(),
        end_time: new Date(start + 30 * 60_000).toISOString(),
      }),
    })
    if (!response.ok) throw new Error(`book: ${response.status} ${await response.text()}`)
    return (await response.json()) as { id: string }
  }
}

/** Collects what a page writes to the console. */
export function consoleOf(page: Page): { lines: string[]; errors: string[] } {
  const seen = { lines: [] as string[], errors: [] as string[] }
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text())
    else seen.lines.push(message.text())
  })
  page.on('pageerror', (error) => seen.errors.push(String(error)))
  return seen
}

export async function signIn(page: Page, fade: Fade, who = admin): Promise<void> {
  await page.goto(`${fade.url}/sign-in`)
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password').fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByTestId('connection-pill')).toHaveAttribute('data-state', 'live')
}

/** Each test has a program of its own. */
export const test = base.extend<{ fade: Fade }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  fade: async ({}, use) => {
    const fade = await Fade.start()
    await use(fade)
    await fade.stop()
  },
})

/**
 * Closes a dialog or a popover by the keyboard, once the focus is in it: it comes there a frame after whatever was on
 * top has gone, and a key that is pressed before goes nowhere.
 */
export async function pressEscape(dialog: Locator): Promise<void> {
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await dialog.page().keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

export { expect }
