/** Groups, the messages that are sent to them, and who has read these. */
import { expect, test } from 'vitest';
import { groupWorld } from '../../conformance/support/groups.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { call, needsBrowser, server } = suite;
const { operator, goTo } = desk(suite);
const { emulate, group, readBy, sentTo } = groupWorld(server);
const slow = { timeout: 90_000 };

const corp = '?corpId=corp-one';
const rightToLeft = 'קבוצה אדומה 12';
const headers = bearer(server.adminToken);
const find = async (path: string) =>
  ok(await call('GET', `/console/v1/${path}`, { headers, query: { corpId: 'corp-one' } }));

test('a group is created, found, changed and disbanded, and keeps its former members', slow, async (context) => {
  needsBrowser(context);
  await group({ title: '<b>Other</b>' });
  const { page, complaints } = await operator(`/groups${corp}`);
  const dialog = page.getByRole('dialog');
  const rows = page.locator('.list-row');
  await page.getByRole('button', { name: 'Create group' }).click();
  await dialog.getByRole('textbox', { name: 'Title' }).fill(rightToLeft);
  await choose(page, 'Owner', 'Name of alice');
  await choose(page, 'Add a member', 'Name of bob');
  await choose(page, 'Add a member', 'Name of carol');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: rightToLeft, level: 1 }).waitFor();
  await becomes(() => rows.count(), 3);
  await choose(page, 'Add a robot', 'Name of robot-one');
  await page.getByRole('button', { name: 'Remove: Name of robot-one' }).waitFor();

  await page.getByRole('button', { name: 'Remove from the group: Name of bob' }).click();
  await becomes(() => rows.count(), 2);
  expect(await page.evaluate<boolean>('document.activeElement === document.body')).toBe(false);
  await page.getByText('Current and former').click();
  await becomes(() => rows.count(), 3);
  await rows.filter({ hasText: 'Former member' }).getByText('from change 1 until 2').waitFor();
  expect(new URL(page.url()).searchParams.get('show')).toBe('all');
  await page.locator('.head-actions').getByRole('button', { name: 'Edit' }).click();
  await choose(page, 'Owner', 'Name of bob');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('bob is not a member of the group').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Disband' }).click();
  await dialog.getByRole('button', { name: 'Disband' }).click();
  await page.locator('.head').getByText('Disbanded').waitFor();
  await becomes(() => page.getByRole('button', { name: 'Add members' }).count(), 0);

  await page.getByRole('link', { name: 'All groups' }).click();
  await becomes(() => rows.count(), 2);
  await choose(page, 'State', 'Active');
  await becomes(() => rows.locator('a').allTextContents(), ['<b>Other</b>']);
  await page.getByRole('textbox', { name: /Search by title/ }).fill('other');
  await becomes(async () => new URL(page.url()).searchParams.get('text') ?? '', 'other');
  await page.reload();
  await becomes(() => rows.locator('a').allTextContents(), ['<b>Other</b>']);
  expect(complaints.filter((line) => !line.includes('409'))).toEqual([]);
});

test(
  'the page of a message to a group lists readers in order, and the others until the recall',
  slow,
  async (context) => {
    needsBrowser(context);
    const userIds = ['alice', 'bob', 'carol', 'u01'];
    const { openConversationId } = await group({ title: 'Team', userIds });
    await suite.sent({ userIds: ['alice'], msgParam: '{"content":"to alice"}' });
    await emulate('PUT', 'delivery', { mode: 'hold' });
    const key = await sentTo(openConversationId, { msgParam: '{"content":"to all"}' });
    const { page, complaints } = await operator(`/groups/${encodeURIComponent(openConversationId)}${corp}`);
    await page.getByRole('button', { name: 'Messages of this group' }).click();
    await becomes(() => page.locator('.list-row').count(), 1);
    await goTo(page, `/messages${corp}`);
    await choose(page, 'Sent to', 'Users');
    await becomes(() => page.locator('.list-row a').allTextContents(), ['to alice']);
    await choose(page, 'Sent to', /^Group$/);
    await page.locator('.list-row', { hasText: '→ Team' }).getByRole('link', { name: 'to all' }).click();

    const rows = page.locator('.list-row');
    await page.getByText('Nobody has read it yet.').waitFor();
    await page.locator('.facts').getByText('On its way').waitFor();
    await page.getByText('Unread 4', { exact: true }).click();
    await becomes(
      () => rows.locator('.ant-tag').allTextContents(),
      userIds.map(() => 'WAITING'),
    );
    await page.locator('.live.on').waitFor();
    await emulate('POST', 'delivery/release');
    await becomes(
      () => rows.locator('.ant-tag').allTextContents(),
      userIds.map(() => 'UNREAD'),
    );
    await readBy(key, 'carol', 'alice');
    await becomes(() => rows.locator('small').allTextContents(), ['bob', 'u01']);
    await page.getByText('Read 2', { exact: true }).click();
    await becomes(() => rows.locator('small').allTextContents(), ['carol', 'alice']);
    expect(await page.locator('.facts .share').textContent()).toBe('2/4');
    await page.getByRole('button', { name: 'Recall' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Recall' }).click();
    await page.locator('.facts').getByText('Recalled', { exact: true }).first().waitFor();
    await page.getByText('Unread 2', { exact: true }).click();
    await becomes(() => rows.locator('.ant-tag').allTextContents(), ['RECALLED', 'RECALLED']);
    await page.locator('.facts').getByRole('link', { name: 'Team' }).click();
    await page.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    expect(await find(`groups/${encodeURIComponent(openConversationId)}`)).toMatchObject({ memberCount: 4 });
  },
);
