import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { groupWorld, privatePath } from '../../conformance/support/groups.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';

const suite = await pages();
const { needsBrowser, opened, sent, server } = suite;
const { call, group, readers, recallFrom, sentTo } = groupWorld(server);

const slow = { timeout: 90_000 };
const phone = { viewport: { width: 360, height: 740 } };

const rowOf = (page: Page, hasText: string) => page.locator('.row', { hasText });
const badge = (page: Page, title: string) => rowOf(page, title).locator('.badge [aria-hidden]').textContent();
const say = (openConversationId: string, content: string, path?: string) =>
  sentTo(openConversationId, { msgParam: JSON.stringify({ content }) }, path);
const announced = (page: Page, hasText: string) =>
  page.locator('[aria-live=polite] p', { hasText }).waitFor({ state: 'attached' });
const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

/** Changes a group in the console. */
const change = async (openConversationId: string, path: string, body?: object) => {
  const query = { corpId: 'corp-one' };
  const url = `/console/v1/groups/${encodeURIComponent(openConversationId)}/${path}`;
  ok(await call('POST', url, { query, body, headers: bearer(server.adminToken) }));
};

test(
  'a group is in the list, shows senders, and its messages are read by the rule of all others',
  slow,
  async (context) => {
    needsBrowser(context);
    const { openConversationId } = await group({ title: 'Project', userIds: ['u01', 'u02'] });
    const key = await say(openConversationId, 'first words');
    await sent({ userIds: ['u01'], msgParam: '{"content":"for one person"}' });
    const page = await opened('u01', 'robot-more');
    await rowOf(page, 'Project').getByText('Name of robot-one: first words').waitFor();
    expect(await badge(page, 'Project')).toBe('1');
    expect(await rowOf(page, 'for one person').locator('.row-name').textContent()).toBe('Name of robot-one');
    await becomes(() => page.title(), '(2) Inbox · huizhi');
    await rowOf(page, 'Project').click();
    await page.locator('.divider', { hasText: 'New messages' }).waitFor();
    expect(await page.locator('.sender').textContent()).toBe('Name of robot-oneRobot');
    expect(await page.getByRole('button', { name: 'Block', exact: true }).count()).toBe(0);
    await becomes(async () => (await readers(openConversationId, key)).readUserIds, ['u01']);
    await becomes(() => rowOf(page, 'Project').locator('.badge').count(), 0);
    const second = await say(openConversationId, 'second words');
    await announced(page, 'Project, Name of robot-one: second words');
    await page.locator('.bubble', { hasText: 'second words' }).waitFor();
    await recallFrom(openConversationId, [second]);
    await page.getByText('This message was recalled').first().waitFor();
    expect(await page.getByText('second words').count()).toBe(0);
    const late = await group({ title: 'Late group', userIds: ['u01'] });
    await say(late.openConversationId, 'late words');
    await rowOf(page, 'Late group').getByText('late words').waitFor();
    expect(await badge(page, 'Late group')).toBe('1');
    await page.reload();
    await page.locator('.thread h2', { hasText: 'Project' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Search messages' }).fill('project first');
    await page.locator('.result', { hasText: 'first words' }).click();
    await page.locator('.is-target', { hasText: 'first words' }).waitFor();
  },
);

test('a muted group is silent on all pages but counts; its members are listed by keyboard', slow, async (context) => {
  needsBrowser(context);
  const { openConversationId } = await group({ title: 'Quiet group', userIds: ['u03', 'u04', 'bob'] });
  const page = await opened('u03', encodeURIComponent(`group:${openConversationId}`));
  const other = await opened('u03');
  await page.locator('.thread h2', { hasText: 'Quiet group' }).waitFor();
  const keys = keyboard(page);
  await keys.goTo('Mute');
  await keys.press('Enter');
  await page.getByText('You have muted this conversation').waitFor();
  await rowOf(other, 'Quiet group').getByText('Muted').waitFor({ state: 'attached' });
  await say(openConversationId, 'quiet words');
  await becomes(() => badge(other, 'Quiet group'), '1');
  await sent({ userIds: ['u03'], msgParam: '{"content":"loud words"}' });
  await announced(other, 'loud words');
  expect(await other.locator('[aria-live=polite]').first().textContent()).not.toContain('quiet words');
  await page.route('**/members?*', (route) =>
    route.continue({ url: route.request().url().replace('limit=100', 'limit=2') }),
  );
  await page.route('**/members?*', (route) => route.abort(), { times: 1 });
  await keys.goTo('Members', 'Shift+Tab');
  await keys.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The members could not be loaded').waitFor();
  await keys.goTo('Try again');
  await keys.press('Enter');
  await dialog.getByText('The first 2 members').waitFor();
  await keys.goTo('Show more members');
  await keys.press('Enter');
  await dialog.getByText('Members: 3').waitFor();
  expect(await dialog.locator('.member', { hasText: 'Name of u03' }).textContent()).toContain('Owner');
  expect(await seriousFindings(page)).toEqual([]);
  await keys.press('Escape');
  await becomes(() => dialog.count(), 0);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Members');
  expect(keys.unseen()).toEqual([]);
});

test('on a Chinese phone: hostile titles, people, and groups that have ended', slow, async (context) => {
  needsBrowser(context);
  const title = '<img src=x onerror="window.hit=1"> فريق 7'.padEnd(90, '长');
  const ended = await group({ title, userIds: ['u05', 'u06'] });
  const left = await group({ title: '旧项目', userIds: ['u06', 'u05'] });
  const pair = await group({ kind: 'private', userIds: ['u05', 'bob'] });
  await say(ended.openConversationId, '最后的消息');
  await say(left.openConversationId, '再见');
  await say(pair.openConversationId, '你好', `${privatePath}/send`);
  await change(ended.openConversationId, 'disband');
  await change(left.openConversationId, 'members', { remove: ['u05'] });
  const page = await opened('u05', '', { ...phone, locale: 'zh-CN' });
  await rowOf(page, '最后的消息').click();
  await page.getByText('该群已解散').waitFor();
  expect(await page.getByRole('button', { name: '免打扰' }).count()).toBe(0);
  await page.getByRole('button', { name: '成员' }).click();
  await page.getByRole('dialog').getByText('共 2 名成员').waitFor();
  expect(await overflow(page)).toBe(0);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: '关闭' }).click();
  await page.getByRole('button', { name: '返回会话列表' }).click();
  await rowOf(page, '旧项目').click();
  await page.getByText('你已不在该会话中').waitFor();
  expect(await page.getByRole('button', { name: '成员' }).count()).toBe(0);
  await page.getByRole('button', { name: '返回会话列表' }).click();
  await rowOf(page, '你好').click();
  await page.locator('.thread h2', { hasText: 'Name of bob' }).waitFor();
  await page.locator('.bubble', { hasText: '你好' }).waitFor();
  expect(await overflow(page)).toBe(0);
  expect(await page.evaluate('window.hit')).toBeUndefined();
});
