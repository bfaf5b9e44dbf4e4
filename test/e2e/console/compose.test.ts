/** The page on which an operator writes and sends a message. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { groupWorld } from '../../conformance/support/groups.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { call, inboxOf, needsBrowser, server, signIn } = suite;
const { operator, goTo } = desk(suite);
const { group } = groupWorld(server);
const slow = { timeout: 90_000 };
const headers = bearer(server.adminToken);
const at = '/compose?corpId=corp-one';

const add = (deptId: number, name: string, parentId = 1) =>
  call('POST', '/console/v1/departments', { headers, body: { corpId: 'corp-one', deptId, name, parentId } });
ok(await add(10, 'Research'));
ok(await add(11, 'Team', 10));
const users = Array.from({ length: 25 }, (_, index) => `u${String(index + 1).padStart(2, '0')}`);
for (const userId of users) {
  const body = { departments: [{ deptId: 11 }] };
  ok(await call('PUT', `/console/v1/users/${userId}`, { headers, query: { corpId: 'corp-one' }, body }));
}

const send = async (page: Page) => {
  await page.locator('form').getByRole('button', { name: 'Send' }).click();
  return page.getByRole('dialog');
};
const confirm = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
const textsOf = async (userId: string) =>
  (await inboxOf(await signIn(userId))).messages.map(({ msgParam }) => String(msgParam));

test(
  'a message is previewed as in the inbox, tested with one user, and sent; then its page shows the readers',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page, complaints } = await operator(at);
    await page.getByText('What you write appears here').waitFor();
    await choose(page, 'Robot', 'Name of robot-one');
    await choose(page, 'Add a user', 'Name of alice');
    await choose(page, 'Kind', 'Markdown');
    await choose(page, 'User who gets the test', 'Name of carol');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('Required.').first().waitFor();
    await page.getByRole('textbox', { name: 'Title' }).fill('Maintenance');
    await page
      .getByRole('textbox', { name: 'Text, in Markdown' })
      .fill('Tonight **23:00** <img src=x onerror=alert(1)>');
    await page.locator('.as-inbox strong', { hasText: '23:00' }).waitFor();
    expect(await page.locator('.as-inbox img').count()).toBe(0);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test is sent.').waitFor();
    expect((await textsOf('carol'))[0]).toContain('Maintenance');
    expect(await textsOf('alice')).toEqual([]);
    expect(await (await send(page)).textContent()).toContain('It goes to 1 user.');
    await confirm(page);
    await page.waitForURL(/\/console\/messages\//);
    await page.locator('tr', { hasText: 'Name of alice' }).waitFor();
    expect(await textsOf('alice')).toHaveLength(1);
    await goTo(page, '/audit');
    await becomes(() => page.locator('.list-row', { hasText: 'message.send' }).count(), 2);
    expect(complaints).toEqual([]);
  },
);

test('departments are chosen in the tree, and more than 20 users get several messages', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator(at);
  await choose(page, 'Robot', 'Name of robot-one');
  await page.getByText('Choose from the tree').click();
  await page.getByRole('button', { name: 'Departments below Research' }).click();
  await page.getByRole('checkbox', { name: 'Research' }).check();
  expect(await page.getByRole('checkbox', { name: 'Team' }).isChecked()).toBe(true);
  expect(await page.getByRole('checkbox', { name: 'Team' }).isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Text' }).fill('To the department');
  const dialog = await send(page);
  await dialog.getByText('It goes to 25 users. It is sent as 2 messages of up to 20 users.').waitFor();
  await confirm(page);
  await page.getByText('The message is sent as 2 messages:').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Message 2' }).click();
  await page.locator('tr', { hasText: 'Name of u25' }).waitFor();
  await becomes(() => page.locator('.list-row').count(), 5);
  expect(complaints).toEqual([]);
});

test('a group gets a message with an uploaded picture', slow, async (context) => {
  needsBrowser(context);
  await group({ title: 'Composed for' });
  const { page, complaints } = await operator(at);
  await choose(page, 'Robot', 'Name of robot-one');
  await page.getByText('A group', { exact: true }).click();
  await choose(page, 'Group', 'Composed for');
  await choose(page, 'Kind', 'Image');
  const picture = fileURLToPath(new URL('../../../docs/images/inbox-desktop-light.png', import.meta.url));
  await page.locator('input[type=file]').setInputFiles(picture);
  await page.getByText('Uploaded: ').waitFor();
  await page.locator('.as-inbox img').waitFor();
  await (await send(page)).getByText('It goes to the group.').waitFor();
  await confirm(page);
  await page.waitForURL(/\/console\/messages\//);
  await page.locator('.as-inbox img').waitFor();
  expect(complaints).toEqual([]);
});

test(
  'what is missing is said at its field, and an error of the server keeps what was written',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page } = await operator(at);
    await page.locator('form').getByRole('button', { name: 'Send' }).click();
    await page.getByText('Choose at least one user or department.').waitFor();
    await becomes(() => page.getByText('Required.').count(), 2);
    expect(await seriousFindings(page)).toEqual([]);
    await choose(page, 'Robot', 'Name of robot-off');
    await choose(page, 'Add a user', 'Name of alice');
    await page.getByRole('textbox', { name: 'Text' }).fill('In vain');
    await page.locator('form').getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('The robot is disabled.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('In vain');
  },
);

test('a send whose response is lost is sent once, however often it is tried again', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator(at);
  await choose(page, 'Robot', 'Name of robot-one');
  await choose(page, 'Add a user', 'Name of bob');
  await page.getByRole('textbox', { name: 'Text' }).fill('Only once');
  const ids: unknown[] = [];
  await page.route('**/console/v1/messages', async (route) => {
    ids.push((route.request().postDataJSON() as { sendId: string }).sendId);
    const response = await route.fetch();
    if (ids.length < 3) await route.abort();
    else await route.fulfill({ response });
  });
  for (let attempt = 1; attempt <= 3; attempt++) {
    await send(page);
    await confirm(page);
    if (attempt < 3) await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
  }
  await page.waitForURL(/\/console\/messages\//);
  expect(new Set(ids).size).toBe(1);
  expect((await textsOf('bob')).filter((text) => text.includes('Only once'))).toHaveLength(1);
});
