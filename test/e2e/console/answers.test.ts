import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { call, needsBrowser, sent, server } = suite;
const { operator } = desk(suite);

const slow = { timeout: 60_000 };

/** Holds the next answer to a call; returns how to wait for it and how to release it. */
async function holding(page: Page, url: string) {
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  await page.route(
    url,
    async (one) => {
      const response = await one.fetch();
      held();
      await isFree;
      await one.fulfill({ response });
    },
    { times: 1 },
  );
  return { isHeld, letGo };
}

test('an answer for one text is not shown for another text that was typed before it arrived', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-two');
  await page.getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog');
  const text = dialog.getByRole('textbox', { name: 'CSV text' });
  const { isHeld, letGo } = await holding(page, '**/console/v1/users/import');
  await text.fill('checked,Checked');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await isHeld;
  await text.fill('not-checked,Not checked');
  letGo();
  await becomes(() => dialog.locator('.ant-btn-loading').count(), 0);
  expect(await dialog.getByRole('button', { name: /^Import/ }).count()).toBe(0);
  await text.fill('checked,Checked');
  await dialog.getByRole('button', { name: 'Import 1 user' }).click();
  await page.locator('tr', { hasText: 'Checked' }).waitFor();
});

test('an answer from before a change does not replace the one of the change', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/audit');
  const { isHeld, letGo } = await holding(page, '**/emulator/v1/delivery');
  await page.getByRole('link', { name: 'Controls' }).click();
  await isHeld;
  await page.getByText('Hold', { exact: true }).click();
  const release = page.getByRole('button', { name: 'Release all' });
  await release.waitFor();
  const old = page.waitForResponse((response) => response.request().method() === 'GET');
  letGo();
  await (await old).finished();
  await page.evaluate('new Promise(requestAnimationFrame)');
  expect(await release.count()).toBe(1);
  await page.getByText('Instant', { exact: true }).click();
  await release.waitFor({ state: 'hidden' });
});

test('a list that is reloaded often still shows answers that are slower than the reloads', slow, async (context) => {
  needsBrowser(context);
  await sent();
  const { page } = await operator('/audit');
  let next = () => {};
  await page.route('**/emulator/v1/requests?*', async (route) => {
    const { promise: isAskedAgain, resolve } = Promise.withResolvers<void>();
    next();
    next = resolve;
    await isAskedAgain;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Requests' }).click();
  await page.locator('.cell-button').first().waitFor();
});

const shown = async (path: string) =>
  ok(await call('GET', `/console/v1${path}`, { headers: bearer(server.adminToken) }));

test(
  'of two switches that are turned one after the other both stay, however long the first takes',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page } = await operator('/robots');
    await page.getByRole('button', { name: 'Manage Name of robot-suite' }).click();
    const { isHeld, letGo } = await holding(page, '**/installations/corp-one');
    let isAsked = false;
    page.on('request', (request) => {
      isAsked ||= request.url().endsWith('/installations/corp-two');
    });
    const [one, two] = ['Organization one', 'Organization two'].map((name) => page.getByRole('switch', { name }));
    await one?.click();
    await isHeld;
    await two?.click();
    // Its answer could arrive before that to the first, whose change it does not contain.
    await page.evaluate('new Promise(requestAnimationFrame)');
    expect(isAsked).toBe(false);
    letGo();
    await page.locator('[role=switch][aria-label="Organization two"][aria-checked=false]').waitFor();
    expect(await one?.getAttribute('aria-checked')).toBe('false');
    expect((await shown('/robots/robot-suite')).installedIn).toEqual([]);
  },
);

test('a permission that is added while another is being saved does not replace it', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-bare' }).click();
  const { isHeld, letGo } = await holding(page, '**/permissions');
  await page.getByRole('combobox', { name: 'Permissions' }).click();
  await page.keyboard.type('qyapi_base ');
  await isHeld;
  await page.keyboard.type('qyapi_chat_read ');
  letGo();
  await becomes(async () => (await shown('/apps/app-bare')).permissions, ['qyapi_base', 'qyapi_chat_read']);
  await becomes(
    () => page.getByRole('dialog').locator('.ant-select-selection-item').allTextContents(),
    ['qyapi_base', 'qyapi_chat_read'],
  );
});
