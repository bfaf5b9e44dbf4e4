import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { isLong } from '../support/long.ts';
import { becomes, pages } from './support/harness.ts';

const { needsBrowser, server, visitor } = await pages();

// The viewer reads the whole document, which takes a few seconds on a busy machine.
const patient = { timeout: 60_000 };

/** The background of the viewer, as light or dark. */
const lookOf = (page: Page) =>
  page.evaluate<string>(`(() => {
    const [, red] = /^rgba?\\((\\d+), \\d+, \\d+/.exec(getComputedStyle(document.documentElement).backgroundColor) ?? [];
    return document.documentElement.classList.contains('dark-mode') && Number(red) < 128 ? 'dark' : 'light';
  })()`);

test('the viewer of the API is Chinese for a browser that prefers it, calls, follows the look, and changes to English', {
  timeout: 120_000,
}, async (context) => {
  needsBrowser(context);
  const page = await (await visitor({ locale: 'zh-CN', colorScheme: 'dark' })).newPage();
  await page.goto(`${server.url}/docs`);
  await page.getByText('健康检查、指标和文档。').click(patient);
  await becomes(() => lookOf(page), 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await becomes(() => lookOf(page), 'light');
  const call = page.locator('.opblock').filter({ hasText: '/healthz' }).first();
  await call.locator('.opblock-summary').click();
  await call.getByRole('button', { name: 'Try it out' }).click();
  await call.getByRole('button', { name: 'Execute' }).click();
  await call.locator('.live-responses-table .response-col_status').getByText('200').waitFor(patient);
  expect(page.url()).toMatch(/#\/.+/);
  await page.getByRole('link', { name: 'English' }).click();
  await page.waitForURL(`${server.url}/docs?lang=en`);
  expect(await page.evaluate('document.documentElement.lang')).toBe('en');
  // Reading the document takes the viewer ten seconds.
  if (isLong) await page.getByText('Health, metrics, documentation.').waitFor(patient);
});
