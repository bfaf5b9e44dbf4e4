/** Custom robots, on the page of their group and on a page of their own. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { groupWorld } from '../../conformance/support/groups.ts';
import { errorOf, sign, textOf, webhookWorld } from '../../conformance/support/webhooks.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, server } = suite;
const { operator, goTo } = desk(suite);
const { group } = groupWorld(server);
const { audit, post } = webhookWorld(suite);

/** Reads the credentials that a dialog shows once, and closes it. */
async function credentialsIn(page: Page): Promise<readonly string[]> {
  const dialog = page.getByRole('dialog', { name: 'Credentials of the custom robot' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  const found = await dialog.locator('dd bdi').allTextContents();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  await dialog.waitFor({ state: 'detached' });
  return found;
}

const type = async (page: Page, label: string, text: string) => {
  const field = page.getByRole('combobox', { name: label });
  await field.fill(text);
  await field.press('Enter');
};

test('a custom robot is created, changed and deleted, and its credentials are shown once', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  const { openConversationId } = await group({ title: 'Alarms' });
  const { page, complaints } = await operator(`/groups/${encodeURIComponent(openConversationId)}?corpId=corp-one`);
  await page.getByText('No custom robot sends into this group.').waitFor();
  const create = page.getByRole('button', { name: 'Create custom robot' });
  const form = page.getByRole('dialog', { name: 'Create custom robot' });
  await create.press('Enter');
  await form.waitFor();
  await page.keyboard.press('Escape');
  await becomes(() => page.locator(':focus').textContent(), 'Create custom robot');
  await create.press('Enter');
  await form.getByRole('textbox', { name: 'Name' }).fill('<b>Disk</b> בוט 7!');
  await type(page, 'Keywords', 'disk full');
  await type(page, 'Addresses', 'example.com');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByRole('alert').filter({ hasText: 'must be an IP address' }).waitFor();
  // The field ignores Backspace for a quarter of a second after it had a text, counted from the last key.
  const wrong = async () => {
    await page.getByRole('combobox', { name: 'Addresses' }).press('Backspace');
    return form.getByText('example.com', { exact: true }).count();
  };
  await expect.poll(wrong, { interval: 500, timeout: 15_000 }).toBe(0);
  await type(page, 'Addresses', '127.0.0.0/8');
  await form.getByRole('button', { name: 'Create' }).click();
  const [address = '', token = '', secret = ''] = await credentialsIn(page);
  expect(address).toBe(`${server.url}/robot/send?access_token=${token}`);
  const code = async (text: string, key = secret, of = token) =>
    errorOf(await post({ token: of }, textOf(text), { query: sign(key, Date.now()) }))[0];
  expect([await code('the disk full'), await code('other')]).toEqual([0, 310000]);

  const drawer = page.getByRole('dialog').filter({ has: page.getByText('The address of the webhook contains') });
  // The drawer has buttons of the same names, so a click must wait for the second dialog.
  const confirmation = page.getByRole('dialog').nth(1);
  const tile = page.locator('.tiles li', { hasText: '<b>Disk</b> בוט 7!' });
  await tile.getByText('signature · 1 keyword · 1 address range').waitFor();
  await tile.getByRole('button', { name: /^Manage/ }).click();
  await drawer.getByRole('button', { name: 'Replace secret' }).click();
  await confirmation.getByRole('button', { name: 'Replace secret' }).click();
  const [newer = ''] = await credentialsIn(page);
  expect([await code('disk full'), await code('disk full', newer)]).toEqual([310000, 0]);
  await drawer.getByRole('button', { name: 'Replace token' }).click();
  await confirmation.getByRole('button', { name: 'Replace token' }).click();
  const [, next = ''] = await credentialsIn(page);
  expect([await code('disk full', newer), await code('disk full', newer, next)]).toEqual([300005, 0]);
  await drawer.getByRole('switch', { name: 'Messages need a signature' }).click();
  await confirmation.getByRole('button', { name: 'Accept them' }).click();
  await drawer.locator('[aria-label="Messages need a signature"][aria-checked=false]').waitFor();
  await drawer.getByRole('switch', { name: 'Enabled' }).click();
  await drawer.locator('[aria-label=Enabled][aria-checked=false]').waitFor();
  expect(errorOf(await post({ token: next }, textOf('disk full')))[0]).toBe(400102);
  await drawer.getByRole('button', { name: 'Close' }).click();
  await tile.getByText('Disabled').waitFor();

  const rows = page.locator('.list-row');
  await suite.sent({ userIds: ['alice'], msgParam: '{"content":"to alice"}' });
  await goTo(page, '/messages?corpId=corp-one');
  await rows.filter({ hasText: 'to alice' }).waitFor();
  await choose(page, 'Sent to', 'Group, by a custom robot');
  await becomes(() => rows.locator('a').allTextContents(), ['disk full', 'disk full', 'the disk full']);

  await goTo(page, '/custom-robots?corpId=corp-one');
  await becomes(() => rows.count(), 1);
  await rows.getByRole('button', { name: /^Manage/ }).click();
  await drawer.waitFor();
  await page.reload();
  await drawer.getByRole('textbox', { name: 'Name' }).fill('Renamed');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await rows.filter({ hasText: 'Renamed' }).waitFor();
  await drawer.getByRole('button', { name: 'Delete custom robot' }).click();
  await confirmation.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('There is no custom robot yet.').waitFor();
  expect(errorOf(await post({ token: next }, textOf('disk full')))[0]).toBe(300005);
  const actions = (await audit()).map(({ action }) => String(action)).filter((action) => action.startsWith('custom'));
  const changes = ['delete', 'change', 'change', 'change', 'token', 'secret', 'create'];
  expect(actions).toEqual(changes.map((change) => `customRobot.${change}`));
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
});
