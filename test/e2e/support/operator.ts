/** The console as operators use it. */
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Server } from '../../conformance/support/harness.ts';

export type Look = { readonly colorScheme?: 'light' | 'dark'; readonly locale?: string; readonly width?: number };

type Given = { readonly server: Server; visitor(more?: BrowserContextOptions): Promise<BrowserContext> };

export function desk({ server, visitor }: Given) {
  const goTo = async (page: Page, path: string) => {
    await page.goto(`${server.url}/console${path}`);
    await page.locator('.head h1').waitFor();
  };
  return {
    goTo,
    /** Opens another page of the console as a link does, which takes a fraction of the time that loading it takes. */
    async turnTo(page: Page, path: string) {
      // A dialog belongs to its page, and may stay.
      if ((await page.getByRole('dialog').count()) > 0) return goTo(page, path);
      // A page that does not exist has no heading: no element of the last page remains.
      await move(page, '/none');
      await page.locator('.head h1').waitFor({ state: 'detached' });
      await move(page, path);
      await page.locator('.head h1').waitFor();
    },
    /** The console as an operator has it open; `complaints` collects what the browser refused or failed to execute. */
    async operator(path = '', { colorScheme = 'light', locale = 'en-GB', width = 1200 }: Look = {}) {
      const context = await visitor({ colorScheme, locale, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (line) => {
        // The first request, whether there is a session already, has this answer.
        if (line.type() === 'error' && !line.text().includes('401')) complaints.push(line.text());
      });
      await page.goto(`${server.url}/console${path}`);
      await page.locator('input[type=password]').fill(server.adminToken);
      await page.keyboard.press('Enter');
      await page.locator('.head h1').waitFor();
      return { page, complaints };
    },
  };
}

const move = (page: Page, path: string) =>
  page.evaluate(`history.pushState(null, '', ${JSON.stringify(`/console${path}`)});
    dispatchEvent(new PopStateEvent('popstate'))`);

/** The choices of the select that is open. Ant Design keeps those of closed ones, hidden. */
const openChoices = '.ant-select-dropdown:not(.ant-select-dropdown-hidden)';

/** Opens a select of Ant Design and chooses an option by its text. */
export async function choose(page: Page, label: string, text: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).last().click();
  await page.locator(`${openChoices} .ant-select-item-option`, { hasText: text }).last().click();
}
