import { defineConfig } from '@playwright/test'

/** The tests in e2e start the program they test; see e2e for how. */
export default defineConfig({
  testDir: 'e2e',
  fullyParallel: false,
  // Two files at a time: each test has a server of its own, and much of their time is waiting.
  workers: 2,
  retries: 0,
  // How long to wait before something counts as never happening; a busy machine takes its time.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    baseURL: process.env.FADE_URL ?? 'http://localhost:8000',
    // Without pictures: filming takes half of the processors.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
})
