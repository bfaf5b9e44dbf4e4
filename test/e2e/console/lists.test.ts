/** Lists of the console that are longer than a page. */
import { expect, test } from 'vitest';
import { setup } from '../../conformance/support/setup.ts';
import { ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const many = Array.from({ length: 110 }, (_, index) => {
  const userId = `v${String(index + 1).padStart(3, '0')}`;
  return { userId, name: `Name of ${userId}` };
});
const [one, ...others] = setup.organizations;
if (!one) throw new TypeError('there is an organization');
const suite = await pages({
  setup: { ...setup, organizations: [{ ...one, users: [...one.users, ...many] }, ...others] },
});
const { needsBrowser, sent, call, server } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 90_000 };
const headers = { authorization: `Bearer ${server.adminToken}` };

test('a change far down in a list keeps its length, and is shown', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/users?corpId=corp-one');
  const said = () => page.locator('.list-total').textContent();
  await becomes(said, '100 of 138 rows');
  await page.getByRole('button', { name: 'Load more' }).click();
  await becomes(said, '138 rows');
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Edit: Name of v109' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Somebody else');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('tr', { hasText: 'Somebody else' }).waitFor();
  expect(await said()).toBe('138 rows');
  await page.getByRole('button', { name: 'Remove: Somebody else' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await becomes(said, '137 rows');
  expect(complaints).toEqual([]);
});

test('organizations, apps and robots are searched for in their lists', slow, async (context) => {
  needsBrowser(context);
  const post = async (path: string, body: object) => ok(await call('POST', `/console/v1/${path}`, { headers, body }));
  const permissions = ['qyapi_robot_sendmsg'];
  for (let i = 10; i < 35; i++) {
    await post('organizations', { corpId: `many-${i}`, name: `Many ${i}` });
    await post('apps', { appKey: `many-app-${i}`, kind: 'internal', corpId: 'corp-one', permissions });
    await post('robots', { robotCode: `many-robot-${i}`, name: `Robot ${i}`, appKey: 'app-one' });
  }
  const { page, complaints } = await operator('/organizations');
  const rows = page.locator('.list-row');
  for (const [path, label, code] of [
    ['/organizations', 'Search by name or corpId', 'many-33'],
    ['/apps', 'Search by appKey', 'many-app-33'],
    ['/robots', 'Search by name or robotCode', 'many-robot-33'],
  ] as const) {
    await goTo(page, path);
    await page.locator('.list-total', { hasText: /^\d\d rows$/ }).waitFor();
    const field = page.getByRole('textbox', { name: label });
    await field.fill(code);
    await becomes(() => rows.count(), 1);
    expect(await rows.first().textContent()).toContain(code);
    await field.fill('of that name there is none');
    await page.getByText('Nothing found').waitFor();
  }
  expect(complaints).toEqual([]);
});

test('the list of unread recipients names the message', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['bob'], msgParam: '{"content":"the canteen is closed"}' });
  const { page } = await operator('/unread?corpId=corp-one');
  await page.getByRole('link', { name: 'the canteen is closed' }).click();
  await page.locator('.facts').waitFor();
  expect(await page.locator('tr', { hasText: 'Name of bob' }).count()).toBe(1);
});

test('an invalid address shows a message, and leaves no page blank or wrong', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator();
  await page.goto(`${server.url}/console/messages/%E0%A4%A`);
  await page.getByRole('alert').filter({ hasText: 'Not found' }).waitFor();
  for (const [path, said] of [
    ['/messages?from=99999999999999999', 'Bad request'],
    ['/unread?minAge=old', 'Bad request'],
    ['/users?corpId=nowhere', 'There is no organization nowhere. This page shows Organization one instead.'],
  ] as const) {
    await goTo(page, path);
    await page.getByRole('alert').filter({ hasText: said }).waitFor();
  }
  await goTo(page, '/unread?minAge=old');
  await page.getByRole('alert').filter({ hasText: 'Bad request' }).waitFor();
  expect(await page.getByText('Everything has been read.').count()).toBe(0);
  expect(complaints.filter((line) => !/status of 40[04]/.test(line))).toEqual([]);
});
