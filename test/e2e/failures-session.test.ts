/** A session ends while its page is open. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inboxCookie } from '../../src/wire/headers.ts';
import { bearer } from '../conformance/support/world.ts';
import { sample } from '../support/long.ts';
import { seriousFindings } from './support/axe.ts';
import { becomes, pages } from './support/harness.ts';
import { desk } from './support/operator.ts';

const { needsBrowser, opened, server, call, sent, visitor } = await pages();
const { operator } = desk({ server, visitor });

const slow = { timeout: 120_000 };

const english = {
  locale: 'en-GB',
  ended: 'Your session has ended',
  add: 'Add user',
  create: 'Create',
  name: 'Name',
  token: 'Admin token',
  signIn: 'Sign in',
  search: 'Search messages',
};
const chinese = {
  locale: 'zh-CN',
  ended: '登录已失效，请重新登录',
  add: '添加用户',
  create: '创建',
  name: '姓名',
  token: '管理员令牌',
  signIn: '登录',
  search: '搜索消息',
};

/** Ends the session of a browser, as another tab of it would. */
async function endConsole(page: Page) {
  await page.evaluate(`fetch('/console/v1/sessions/current').then((answer) => answer.json()).then(({ csrfToken }) =>
    fetch('/console/v1/sessions/current', { method: 'DELETE', headers: { 'x-csrf-token': csrfToken } }))`);
}

async function signInAgain(page: Page, { token, signIn }: typeof english) {
  await page.getByLabel(token).fill(server.adminToken);
  await page.getByRole('button', { name: signIn, exact: true }).click();
}

test.for(sample([english, chinese], 2))(
  'a dialog of the console keeps its input when the session ends, in $locale',
  slow,
  async (words, context) => {
    needsBrowser(context);
    const { page } = await operator('/users?corpId=corp-one', { locale: words.locale });
    await page.getByRole('button', { name: words.add }).click();
    const dialog = page.getByRole('dialog').filter({ hasText: words.add });
    await dialog.getByLabel('userId').fill(`new-${words.locale}`);
    await dialog.getByLabel(words.name).fill('Typed before');
    await endConsole(page);
    await dialog.getByRole('button', { name: words.create }).click();
    await page.getByRole('dialog').filter({ hasText: words.ended }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await signInAgain(page, words);
    await becomes(() => page.getByRole('dialog').filter({ hasText: words.ended }).isVisible(), false);
    expect(await dialog.getByLabel(words.name).inputValue()).toBe('Typed before');
    await dialog.getByRole('button', { name: words.create }).click();
    await page.getByRole('cell', { name: `new-${words.locale}` }).waitFor();
  },
);

test('an event stream of the console that is closed with its session says so', slow, async (context) => {
  needsBrowser(context);
  await sent();
  const { page } = await operator('/messages?corpId=corp-one');
  await page.locator('.main-cell a').first().click();
  await page.getByText('Live', { exact: true }).waitFor();
  await endConsole(page);
  await page.getByRole('dialog').filter({ hasText: english.ended }).waitFor();
  await signInAgain(page, english);
  await page.getByText('Live', { exact: true }).waitFor();
});

test('after signing in again in another tab the first one works, and can make changes', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/organizations');
  await endConsole(page);
  const other = await page.context().newPage();
  await other.goto(`${server.url}/console`);
  await signInAgain(other, english);
  await other.locator('.head h1').waitFor();
  await other.close();
  // The cookie belongs to another session now, and so does the CSRF token.
  await page.getByRole('button', { name: 'Edit Organization two' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Organization two');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await becomes(() => dialog.count(), 0);
});

test('signing out of the console does not report that a session ended', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Admin token').waitFor();
  expect(await page.getByText(english.ended).count()).toBe(0);
});

const choose = async (page: Page, name: string) => {
  await page.getByRole('searchbox').fill(name);
  await page.locator('.people button', { hasText: name }).first().click();
};
const tokenOf = async (page: Page) =>
  String((await page.context().cookies()).find(({ name }) => name === inboxCookie)?.value);
const endInbox = async (page: Page) =>
  expect((await call('DELETE', '/inbox/v1/sessions', { headers: bearer(await tokenOf(page)) })).status).toBe(200);

test.for(sample([english, chinese], 2, 1))(
  'the inbox reports that the session ended and continues where it was, in $locale',
  slow,
  async (words, context) => {
    needsBrowser(context);
    await sent({ userIds: ['u01'], msgParam: '{"content":"needle in the hay"}' });
    const page = await opened('u01', 'robot-one', { locale: words.locale });
    await page.getByRole('textbox', { name: words.search }).fill('needle');
    await page.locator('.result').first().waitFor();
    // The stream is open: no button has to be pressed.
    await endInbox(page);
    await page.getByText(words.ended).waitFor();
    expect(await page.locator('.inbox').isVisible()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await choose(page, 'Name of u01');
    await page.locator('.inbox').waitFor();
    expect(await page.getByRole('textbox', { name: words.search }).inputValue()).toBe('needle');
    await page.locator('.thread h2', { hasText: 'Name of robot-one' }).waitFor();
    await sent({ userIds: ['u01'], msgParam: `{"content":"news in ${words.locale}"}` });
    await page.locator('.message', { hasText: `news in ${words.locale}` }).waitFor();
  },
);

test('another person who then signs in sees nothing of the first', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u02'], msgParam: '{"content":"for u02 alone"}' });
  const page = await opened('u02', 'robot-one');
  await page.locator('.message', { hasText: 'for u02 alone' }).waitFor();
  await endInbox(page);
  await page.getByText(english.ended).waitFor();
  await choose(page, 'Name of u03');
  await page.locator('h1', { hasText: 'Name of u03' }).waitFor();
  expect(await page.getByText('for u02 alone').count()).toBe(0);
});

test('a removed person is told that the session ended, also after a reload', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('u04');
  const removed = await call('DELETE', '/console/v1/users/u04', {
    query: { corpId: 'corp-one' },
    headers: bearer(server.adminToken),
  });
  expect(removed.status).toBe(200);
  await page.getByText(english.ended).waitFor();
  await page.reload();
  await page.getByText(english.ended).waitFor();
});

test('signing out of the inbox does not report that a session ended', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('u05');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to huizhi' }).waitFor();
  expect(await page.getByText(english.ended).count()).toBe(0);
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to huizhi' }).waitFor();
  expect(await page.getByText(english.ended).count()).toBe(0);
});
