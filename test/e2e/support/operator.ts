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

/** The choices of the select that is open. Ant Design keeps those of closed ones, hidden. */
const openChoices = '.ant-select-dropdown:not(.ant-select-dropdown-hidden)';

/** Opens a select of Ant Design and chooses an option by its text. */
export async function choose(page: Page, label: string, text: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).last().click();
  await page.locator(`${openChoices} .ant-select-item-option`, { hasText: text }).last().click();
}
