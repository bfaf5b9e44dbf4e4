import { expect, test } from 'vitest';
import { ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { emulate, needsBrowser, opened, send, sent, server } = suite;
const { goTo, operator } = desk(suite);

const slow = { timeout: 90_000 };
const filtered = async (userId: string) => ok(await send({ userIds: [userId] })).filteredStaffIdList;

test('a robot is blocked after a confirmation, in all open pages, and unblocked again', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('u01', 'robot-one');
  const other = await page.context().newPage();
  await other.goto(`${server.url}/#robot-one`);
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await filtered('u01')).toEqual([]);
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByText('You have blocked this robot').waitFor();
  await other.getByText('You have blocked this robot').waitFor();
  expect(await filtered('u01')).toEqual(['u01']);
  await other.getByRole('button', { name: 'Unblock' }).click();
  await becomes(() => page.getByText('You have blocked this robot').count(), 0);
  expect(await filtered('u01')).toEqual([]);
});

test('a person is told once that an earlier mute has become a block', slow, async (context) => {
  needsBrowser(context);
  await emulate('PUT', 'robots', { robotCode: 'robot-one', blockedBy: ['u02'] });
  const snapshot = await emulate('GET', 'snapshot');
  const { tables } = snapshot.store as { tables: { blocks: unknown[][] } };
  // The state after the upgrade.
  for (const row of tables.blocks) row[3] = 1;
  await emulate('PUT', 'snapshot', snapshot);
  const page = await opened('u02');
  await page.getByText('You had muted Name of robot-one').waitFor();
  await page.reload();
  await page.getByText('You had muted Name of robot-one').waitFor();
  await page.getByRole('button', { name: 'Got it' }).click();
  await becomes(() => page.locator('.notice').count(), 0);
  await page.reload();
  await page.locator('.row').first().waitFor();
  expect(await page.locator('.notice').count()).toBe(0);
  expect(await filtered('u02')).toEqual(['u02']);
});

test('a muted robot delivers, and its messages are not announced', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('u03', 'robot-one');
  await page.getByRole('button', { name: 'Mute', exact: true }).click();
  await page.getByText('You have muted this robot').waitFor();
  await sent({ userIds: ['u03'], msgParam: '{"content":"quiet words"}' });
  await page.locator('.bubble', { hasText: 'quiet words' }).waitFor();
  await sent({ userIds: ['u03'], robotCode: 'robot-more', msgParam: '{"content":"loud words"}' });
  await page.locator('[aria-live]', { hasText: 'loud words' }).waitFor();
  expect(await page.locator('[aria-live]').first().textContent()).not.toContain('quiet words');
});

test(
  'the console shows a block with the user, the robot and the message, and can end it permanently',
  slow,
  async (context) => {
    needsBrowser(context);
    await emulate('PUT', 'robots', { robotCode: 'robot-one', blockedBy: ['u04'] });
    await sent({ userIds: ['u04', 'u05'], msgParam: '{"content":"for two"}' });
    const { page } = await operator('/messages?corpId=corp-one');
    await page.getByRole('link', { name: 'for two' }).click();
    await page.getByRole('heading', { name: 'Refused by blocks' }).waitFor();
    await page.locator('section', { hasText: 'Refused by blocks' }).getByText('Name of u04').waitFor();
    await goTo(page, '/users?corpId=corp-one&text=u04');
    await page.getByText('Has blocked: robot-one').waitFor();
    await goTo(page, '/robots?corpId=corp-one&text=robot-one');
    await page
      .getByRole('button', { name: /Name of robot-one/ })
      .first()
      .click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('Name of u04').waitFor();
    await drawer.getByRole('switch', { name: 'Users may block this robot' }).click();
    await becomes(() => drawer.getByText('Name of u04').count(), 0);
    expect(await filtered('u04')).toEqual([]);
    const inbox = await opened('u04', 'robot-one');
    await becomes(() => inbox.getByRole('button', { name: 'Block', exact: true }).isDisabled(), true);
  },
);
