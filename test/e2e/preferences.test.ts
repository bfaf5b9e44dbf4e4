import type { Page } from 'playwright-core';
import { test } from 'vitest';
import { becomes, pages } from './support/harness.ts';

const { needsBrowser, server, visitor } = await pages();

/** Language and theme in the attributes of the document. */
const lookOf = (page: Page) =>
  page.evaluate<readonly string[]>('[document.documentElement.lang, document.documentElement.dataset.theme]');

test('language and theme are chosen once, for the inbox and the console, also where both are open', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  const browser = await visitor({ colorScheme: 'dark' });
  const [inbox, desk] = [await browser.newPage(), await browser.newPage()];
  await inbox.goto(server.url);
  await desk.goto(`${server.url}/console`);
  await desk.getByRole('button', { name: 'Light theme' }).waitFor();
  await becomes(() => lookOf(inbox), ['en', 'dark']);
  await becomes(() => lookOf(desk), ['en', 'dark']);
  await desk.getByRole('button', { name: 'Light theme' }).click();
  await desk.getByRole('button', { name: '中文' }).click();
  await desk.getByText('管理员令牌').first().waitFor();
  await inbox.getByRole('heading', { name: '登录 huizhi' }).waitFor();
  await becomes(() => lookOf(inbox), ['zh-CN', 'light']);
  await inbox.reload();
  await inbox.getByRole('heading', { name: '登录 huizhi' }).waitFor();
  await inbox.getByRole('button', { name: '设置' }).click();
  await inbox.getByLabel('语言').selectOption('en');
  await inbox.getByLabel('Theme').selectOption('auto');
  await becomes(() => lookOf(desk), ['en', 'dark']);
  await inbox.emulateMedia({ colorScheme: 'light' });
  await becomes(() => lookOf(inbox), ['en', 'light']);
});
