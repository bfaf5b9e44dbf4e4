import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { noticeWorld } from '../../conformance/support/notices.ts';
import { aesKey, pushWorld, startPushReceiver, token } from '../../conformance/support/push.ts';
import { ok } from '../../conformance/support/world.ts';
import { buttonsOf, cardDesk } from '../support/cards.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, visitor, opened, sent, receipt, markRead, signIn, inboxOf, call, emulate, server } = suite;
const { operator, goTo } = desk(suite);
const { sent: noticeSent } = noticeWorld(server);
const { ask: askPush, read, deliveries } = pushWorld(server);
const { shown } = cardDesk(suite);

const slow = { timeout: 90_000 };

/** The state that the recipients' table shows for a person. */
const stateOf = (page: Page, name: string) => page.locator('tr', { hasText: name }).locator('.ant-tag').textContent();

test('an operator sees a read immediately, recalls, and the message leaves an open inbox', slow, async (context) => {
  needsBrowser(context);
  const key = await sent({ userIds: ['alice', 'bob'], msgParam: '{"content":"the canteen is closed"}' });
  const inbox = await opened('bob');
  await inbox.locator('.row', { hasText: 'the canteen' }).waitFor();
  const { page, complaints } = await operator('/messages');
  await page.getByRole('link', { name: 'the canteen is closed' }).click();
  await page.locator('.live.on').waitFor();
  expect(await Promise.all(['alice', 'bob'].map((name) => stateOf(page, name)))).toEqual(['UNREAD', 'UNREAD']);
  const alice = await signIn('alice');
  await markRead(alice, String((await inboxOf(alice)).messages[0]?.messageId));
  await becomes(() => stateOf(page, 'alice'), 'READ');
  expect(await stateOf(page, 'bob')).toBe('UNREAD');
  await page.getByRole('button', { name: 'Recall' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Recall' }).click();
  await page.locator('.facts', { hasText: 'Recalled' }).waitFor();
  await becomes(async () => (await inbox.locator('.side').textContent())?.includes('the canteen'), false);
  expect(await receipt(key)).toMatchObject({ sendStatus: 'RECALLED' });
  expect(complaints).toEqual([]);
});

test('only the admin token signs in, and an invalid cookie does not', slow, async (context) => {
  needsBrowser(context);
  const browser = await visitor();
  const page = await browser.newPage();
  await browser.addCookies([{ name: 'huizhi_console', value: 'x'.repeat(43), url: `${server.url}/console` }]);
  await page.goto(`${server.url}/console/messages`);
  await page.locator('input[type=password]').fill('not-the-token');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'This is not the admin token' }).waitFor();
  expect(await page.locator('.head').count()).toBe(0);
});

test('a change with the cookie and without its token is refused', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-two');
  const status = await page.evaluate(async () => {
    const body = JSON.stringify({ corpId: 'corp-two', userId: 'forged', name: 'Forged' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/console/v1/users', { method: 'POST', headers, body })).status;
  });
  expect(status).toBe(403);
  const cookie = (await page.context().cookies(`${server.url}/console`)).find(({ name }) => name === 'huizhi_console');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/console' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[type=password]').waitFor();
  await page.reload();
  await page.locator('input[type=password]').waitFor();
});

test('an import shows errors by line, and imports when there are none', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/users?corpId=corp-two');
  await page.getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog');
  const text = dialog.getByRole('textbox', { name: 'CSV text' });
  await text.fill('userId,name\nnew-one,New One\nno name here\n');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.locator('.plain tbody tr').waitFor();
  expect(await dialog.locator('.plain tbody td').first().textContent()).toBe('3');
  expect(await dialog.getByRole('button', { name: /^Import/ }).count()).toBe(0);
  await text.fill('userId,name\nnew-one,New One\nmallory,Renamed Mallory\n');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByRole('button', { name: 'Import 2 users' }).click();
  await page.locator('tr', { hasText: 'New One' }).waitFor();
  await page.locator('tr', { hasText: 'Renamed Mallory' }).waitFor();
  expect(complaints).toEqual([]);
});

/** A CSV file in an encoding, as an operator would choose it. */
const file = (buffer: Buffer) => ({ name: 'users.csv', mimeType: 'text/csv', buffer });
/** `王小明` as a Chinese spreadsheet writes it. */
const inGbk = Buffer.from('cdf5d0a1c3f7', 'hex');

test('a file in any encoding is chosen, checked, corrected and imported', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/users?corpId=corp-two');
  await page.getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog');
  const pick = async (buffer: Buffer) => {
    const chosen = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose a file' }).click();
    await (await chosen).setFiles(file(buffer));
  };
  await pick(Buffer.from('\ufeffuserId,name\r\nfrom-file,"File, From"\r\nnobody\r\n,No Code\r\nfrom-file,Twice\r\n'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  const lines = dialog.locator('.plain tbody td:first-child');
  await becomes(() => lines.allTextContents(), ['3', '4', '5']);
  expect(await dialog.getByRole('button', { name: /^Import/ }).count()).toBe(0);
  const good = [Buffer.from('userId,name\r\nfrom-file,"File, From"\r\nin-gbk,'), inGbk, Buffer.from('\r\n')];
  await pick(Buffer.concat(good));
  await becomes(
    () => dialog.getByRole('textbox', { name: 'CSV text' }).inputValue(),
    'userId,name\nfrom-file,"File, From"\nin-gbk,王小明\n',
  );
  expect(await lines.count()).toBe(0);
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByRole('button', { name: 'Import 2 users' }).click();
  await page.locator('tr', { hasText: 'File, From' }).waitFor();
  await page.locator('tr', { hasText: '王小明' }).waitFor();
  await page.getByRole('button', { name: 'Import CSV' }).click();
  await pick(Buffer.from('\ufefffrom-file,"File, From"', 'utf16le'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('Nothing would change.').waitFor();
  expect(complaints).toEqual([]);
});

test('recipients are exported as a CSV file with who has read, and when', slow, async (context) => {
  needsBrowser(context);
  const key = await sent({ userIds: ['u22', 'u23'], msgParam: '{"content":"to be exported"}' });
  const session = await signIn('u22');
  await markRead(session, String((await inboxOf(session)).messages[0]?.messageId));
  const { page } = await operator('/messages?corpId=corp-one');
  await page.getByRole('link', { name: 'to be exported' }).click();
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe('recipients.csv');
  const text = readFileSync(await download.path(), 'utf8');
  const [head, ...rows] = text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\r\n');
  const { readAt = 0, sentAt } = (await inboxOf(session)).messages[0] ?? { sentAt: 0 };
  const at = (time: number | null) => new Date(Number(time)).toISOString();
  expect(head?.split(',').slice(0, 3)).toEqual(['userId', 'name', 'status']);
  expect(rows.map((row) => row.split(',').slice(0, 5))).toEqual([
    ['u22', 'Name of u22', 'READ', at(sentAt), at(readAt)],
    ['u23', 'Name of u23', 'UNREAD', at(sentAt), ''],
  ]);
  expect((await receipt(key)).messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual(['READ', 'UNREAD']);
});

test('an app and a robot created here can send', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps?corpId=corp-one');
  await page.getByRole('button', { name: 'Create app' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'appKey' }).fill('made-here');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByText('This is shown once').waitFor();
  const appSecret = await page.locator('dd code').last().textContent();
  await page.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByRole('link', { name: 'Robots', exact: true }).click();
  await page.getByRole('button', { name: 'Create robot' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'robotCode' }).fill('robot-here');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Made here');
  await choose(page, 'App', 'made-here');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('switch', { name: 'Organization one' }).click();
  await page.locator('[role=switch][aria-label="Organization one"][aria-checked=true]').waitFor();
  const body = { appKey: 'made-here', appSecret };
  const { accessToken } = ok(await call('POST', '/v1.0/oauth2/accessToken', { body }));
  const key = await sent({ robotCode: 'robot-here', userIds: ['carol'] }, String(accessToken));
  expect(key).not.toBe('');
  await goTo(page, '/audit');
  await page.locator('tr', { hasText: 'robot-here' }).first().waitFor();
  expect(await page.locator('.content').textContent()).not.toContain(String(appSecret));
  expect(complaints).toEqual([]);
});

const admin = { authorization: `Bearer ${server.adminToken}` };

const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '<svg/onload=alert(1)>',
];

/** Sets an endpoint and a push that answer with hostile texts, and sends an event to both. */
async function hostileReceivers() {
  const receiver = await startPushReceiver();
  const url = `${receiver.url}/?${hostile[4]}`;
  ok(await askPush('PUT', '', { url, token, aesKey, types: ['robot_msg_read'] }));
  receiver.react({ status: 500, body: hostile.join(' ') });
  const endpoints = [];
  for (const description of hostile) {
    const body = { corpId: 'corp-one', url, description };
    endpoints.push(ok(await call('POST', '/console/v1/endpoints', { headers: admin, body })).endpointId);
  }
  await read({ userIds: ['hostile-0'] });
  await becomes(async () => (await deliveries('waiting')).length, 1);
  return `/endpoints/${endpoints[0]}`;
}

test('hostile names and texts execute nothing', slow, async (context) => {
  needsBrowser(context);
  for (const [index, name] of hostile.entries()) {
    ok(
      await call('POST', '/console/v1/users', {
        headers: admin,
        body: { corpId: 'corp-one', userId: `hostile-${index}`, name },
      }),
    );
    await sent({ userIds: [`hostile-${index}`], msgParam: JSON.stringify({ content: name }) });
    const { openConversationId } = await emulate('POST', 'groups', { corpId: 'corp-one', title: name });
    await emulate('POST', 'customRobots', { openConversationId, name, keywords: [name] });
    await noticeSent({ userid_list: `hostile-${index}`, msg: { msgtype: 'text', text: { content: name } } });
    await shown('alice', { title: name, content: name, [name.slice(0, 20)]: name, ...buttonsOf(name) });
  }
  const endpointPage = await hostileReceivers();
  const { page, complaints } = await operator('/users?corpId=corp-one&text=hostile');
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await page.locator('tr', { hasText: '<svg/onload' }).waitFor();
  for (const path of [
    '/messages',
    '/cards',
    '/unread',
    '/notices',
    '/groups',
    '/custom-robots',
    '/endpoints',
    endpointPage,
    '/apps/app-one',
    '/audit',
    '/requests',
  ]) {
    await goTo(page, `${path}?corpId=corp-one`);
    await page.locator('.list-row').first().waitFor();
  }
  await goTo(page, '/compose?corpId=corp-one');
  await choose(page, 'Kind', 'Link');
  for (const [name, value] of [
    ['Title', hostile[0]],
    ['Text', hostile[1]],
    ['Link', hostile[2]],
    ['Picture (optional)', hostile[4]],
  ] as const)
    await page.getByRole('textbox', { name }).fill(value ?? '');
  await page.locator('.as-inbox', { hasText: '<script>' }).waitFor();
  await goTo(page, '/apps/app-one?corpId=corp-one');
  await page.locator('.list-row', { hasText: '<svg/onload=alert(1)>' }).waitFor();
  await goTo(page, '/cards?corpId=corp-one');
  await page.locator('.list-row a').last().click();
  await page.locator('.interactive').waitFor();
  await goTo(page, '/messages?corpId=corp-one&userId=hostile-0');
  await page.locator('.list-row a').last().click();
  await page.locator('tr', { hasText: '<img src=x' }).waitFor();
  expect([dialogs, complaints]).toEqual([0, []]);
});

test('the list of messages shows cards alone', slow, async (context) => {
  needsBrowser(context);
  await shown('alice', { title: 'A card among messages' });
  await sent({ userIds: ['alice'], msgParam: '{"content":"not a card"}' });
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  const rows = page.locator('.list-row');
  await rows.filter({ hasText: 'not a card' }).waitFor();
  await choose(page, 'Sent to', 'Viewers of an interactive card');
  await page.waitForURL(/sentTo=card/);
  await becomes(() => rows.filter({ hasText: 'not a card' }).count(), 0);
  await rows.filter({ hasText: 'A card among messages' }).waitFor();
  const chinese = await operator('/messages?corpId=corp-one&sentTo=card', { locale: 'zh-CN' });
  await chinese.page.locator('.filters').getByText('互动卡片收件人').waitFor();
  await chinese.page.locator('.list-row').filter({ hasText: 'A card among messages' }).waitFor();
  expect([complaints, chinese.complaints]).toEqual([[], []]);
});

test('the search text is in the address', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['alice'], msgParam: '{"content":"needle in a haystack"}' });
  const { page } = await operator('/messages?corpId=corp-one');
  await page.getByRole('textbox', { name: 'Search in texts' }).fill('needle');
  await page.keyboard.press('Enter');
  await page.waitForURL(/text=needle/);
  await becomes(() => page.locator('.list-row').count(), 1);
  await page.reload();
  await becomes(() => page.locator('.list-row').count(), 1);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await becomes(async () => (await page.locator('.list-row').count()) > 1, true);
});
