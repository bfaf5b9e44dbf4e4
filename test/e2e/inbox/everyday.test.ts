import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type AppKey, appSecrets } from '../../conformance/support/setup.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { advance, inboxOf, markRead, needsBrowser, opened, sent, signIn } = suite;
const { operator } = desk(suite);

const slow = { timeout: 60_000 };

test('an empty console shows the lines that send the first message, and they work', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  await page.getByText('Nothing was sent yet.').waitFor();
  const lines = String(await page.locator('.first-send pre').textContent());
  const [, appKey = ''] = /"appKey":"([^"]+)"/.exec(lines) ?? [];
  const secret = appSecrets[appKey as AppKey];
  // Not synchronously: the server runs in this process.
  const { stdout } = await promisify(execFile)('sh', ['-c', lines.replace('APP_SECRET=…', `APP_SECRET=${secret}`)]);
  expect(JSON.parse(stdout)).toMatchObject({ processQueryKey: expect.any(String) });
  await page.getByRole('button', { name: '1 new message' }).click();
  await page.getByRole('link', { name: 'Hello from huizhi' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a message sent before the stream is connected is announced, and shown on request', slow, async (context) => {
  needsBrowser(context);
  await sent();
  const { page } = await operator('/?corpId=corp-one');
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  await page.route('**/console/v1/events?*', async (route) => {
    held();
    await isFree;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Messages' }).click();
  await page.locator('.list-row').first().waitFor();
  await isHeld;
  await sent({ msgParam: '{"content":"sent in between"}' });
  letGo();
  await page.getByRole('button', { name: '1 new message' }).click();
  await page.getByRole('link', { name: 'sent in between' }).waitFor();
  await becomes(() => page.getByRole('button', { name: /new message/ }).count(), 0);
});

test('recipients can be sorted by a column, which is in the address', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['carol', 'alice', 'bob'], msgParam: '{"content":"in order"}' });
  for (const userId of ['bob', 'carol']) {
    const session = await signIn(userId);
    await becomes(
      async () => (await inboxOf(session)).messages.some(({ msgParam }) => msgParam?.includes('in order')),
      true,
    );
    await markRead(session, String((await inboxOf(session)).messages[0]?.messageId));
    // Two reads in the same millisecond would stay in the order of the send.
    await advance('1s');
  }
  const { page } = await operator('/messages?corpId=corp-one');
  await page.getByRole('link', { name: 'in order' }).click();
  const names = () => page.locator('.list-row small').allTextContents();
  await becomes(names, ['carol', 'alice', 'bob']);
  expect(await page.locator('.manner').allTextContents()).toEqual(['Marked read', 'Marked read']);
  await page.getByRole('columnheader', { name: 'Read at' }).click();
  await becomes(names, ['bob', 'carol', 'alice']);
  await page.getByRole('columnheader', { name: 'Read at' }).click();
  await becomes(names, ['alice', 'carol', 'bob']);
  expect(new URL(page.url()).searchParams.get('sort')).toBe('-readAt');
  await page.reload();
  await becomes(names, ['alice', 'carol', 'bob']);
  await page.getByRole('columnheader', { name: 'Recipient' }).click();
  await becomes(names, ['alice', 'bob', 'carol']);
});

test('a list can be filtered by unread, and an open conversation stays', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u10'], robotCode: 'robot-more' });
  const page = await opened('u10');
  const rows = page.locator('.row .row-name');
  await page.locator('.badge').waitFor();
  expect(await rows.count()).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Unread only' }).click();
  await becomes(() => rows.allTextContents(), ['Name of robot-more']);
  await rows.first().click();
  await becomes(() => page.locator('.badge').count(), 0);
  await becomes(() => rows.allTextContents(), ['Name of robot-more']);
  await sent({ userIds: ['u10'] });
  await becomes(() => rows.allTextContents(), ['Name of robot-one', 'Name of robot-more']);
  await page.getByRole('button', { name: 'Unread only' }).click();
  await becomes(async () => (await rows.count()) > 2, true);
});

test('hovering over a time shows it exactly, with its zone', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u11'] });
  const session = await signIn('u11');
  await becomes(async () => (await inboxOf(session)).messages.length, 1);
  const at = Number((await inboxOf(session)).messages[0]?.sentAt);
  const inbox = await opened('u11', 'robot-one', { timezoneId: 'Asia/Shanghai' });
  const time = inbox.locator('.meta time');
  expect(await time.getAttribute('datetime')).toBe(new Date(at).toISOString());
  expect(await time.getAttribute('title')).toBe(
    new Date(at).toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'medium', timeZone: 'Asia/Shanghai' }),
  );
  const { page } = await operator('/messages?corpId=corp-one&userId=u11');
  const sentAt = page.locator('.list-row time');
  expect(await sentAt.getAttribute('datetime')).toBe(new Date(at).toISOString());
  expect(await sentAt.getAttribute('title')).toMatch(/\.\d{3} [A-Z]/);
});

test(
  'a message is followed again after a proxy has answered with an error, and nothing is missed',
  slow,
  async (context) => {
    needsBrowser(context);
    await sent({ userIds: ['u12'], msgParam: '{"content":"behind a proxy"}' });
    const session = await signIn('u12');
    await becomes(async () => (await inboxOf(session)).messages.length, 1);
    const { page } = await operator('/messages?corpId=corp-one');
    let refused = 0;
    await page.route(/events\?.*messageId/, (route) =>
      refused++ < 1 ? route.fulfill({ status: 502 }) : route.continue(),
    );
    await page.getByRole('link', { name: 'behind a proxy' }).click();
    await page.getByText('Connecting…').waitFor();
    await becomes(async () => refused > 0, true);
    await markRead(session, String((await inboxOf(session)).messages[0]?.messageId));
    await page.locator('.live.on').waitFor();
    await page.locator('tr', { hasText: 'u12' }).getByText('READ', { exact: true }).waitFor();
  },
);
