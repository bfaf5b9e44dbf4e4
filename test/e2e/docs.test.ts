import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { isLong } from '../support/long.ts';
import { becomes, pages } from './support/harness.ts';

const { needsBrowser, server, visitor } = await pages();

// The viewer renders the whole document, which takes long on a busy machine.
const patient = { timeout: 120_000 };

/** The background of the viewer, as light or dark. */
const lookOf = (page: Page) =>
  page.evaluate<string>(`(() => {
    const { backgroundColor } = getComputedStyle(document.querySelector('rapi-doc'));
    const [, red, alpha] = /^rgba?\\((\\d+), \\d+, \\d+(?:, (\\d+))?\\)$/.exec(backgroundColor) ?? [];
    return alpha === '0' ? 'none' : Number(red) > 128 ? 'light' : 'dark';
  })()`);

test('the viewer of the API uses the theme that the browser prefers and lists calls by their names', {
  timeout: 180_000,
}, async (context) => {
  needsBrowser(context);
  const page = await (await visitor({ colorScheme: 'light' })).newPage();
  await page.goto(`${server.url}/docs`);
  await page.getByText('batchSend', { exact: true }).first().waitFor(patient);
  await becomes(() => lookOf(page), 'light');
});

test('the viewer of the API describes calls in Chinese to a browser that prefers Chinese, and is dark if it prefers that', {
  timeout: 180_000,
}, async (context) => {
  context.skip(!isLong, 'the viewer takes half a minute to render the document');
  needsBrowser(context);
  const page = await (await visitor({ locale: 'zh-CN', colorScheme: 'dark' })).newPage();
  await page.goto(`${server.url}/docs`);
  await page.getByText('查询消息的已读状态').first().waitFor(patient);
  await becomes(() => lookOf(page), 'dark');
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByText('Who has read a message').first().waitFor(patient);
  expect(await page.evaluate('document.documentElement.lang')).toBe('en');
});
