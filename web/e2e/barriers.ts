import type { Page } from '@playwright/test'
import AxeSource from 'axe-core'

/**
 * What axe finds that keeps somebody from using a page. The announcer keeps what it has read out for some seconds,
 * an image of a busy button too; that is not part of the page.
 */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AxeSource.source)
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as {
        axe: {
          run: (
            context: object,
          ) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }>
        }
      }
    ).axe.run({ exclude: ['[data-live-announcer]'] })
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)
  })
}
