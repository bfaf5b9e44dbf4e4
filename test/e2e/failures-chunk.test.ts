/** A chunk of a page cannot be loaded: offline, after an upgrade, or because a file is missing. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sample } from '../support/long.ts';
import { seriousFindings } from './support/axe.ts';
import { between } from './support/between.ts';
import { cardDesk } from './support/cards.ts';
import { becomes, inboxSession, pages } from './support/harness.ts';
import { desk } from './support/operator.ts';

const suite = await pages();
const { inboxOf, needsBrowser, sent, server, visitor, signIn } = suite;
const { shown } = cardDesk(suite);

const slow = { timeout: 120_000 };

/** The console behind a proxy. */
async function console(locale = 'en-GB') {
  const way = await between(server.url);
  const { page } = await desk({ server: { ...server, url: way.url }, visitor }).operator('/audit', { locale });
  return { page, way };
}

/** Counts page loads from now on. */
function countLoads(page: Page) {
  const loads = { count: 0 };
  page.on('load', () => {
    loads.count += 1;
  });
  return loads;
}

const unloaded = [
  ['en-GB', 'Not yet read', 'This page could not be loaded'],
  ['zh-CN', '未读名单', '页面加载失败'],
] as const;

test.for(sample(unloaded, 2))(
  'a page of the console that was never opened says in %s that it cannot be loaded offline, and opens afterwards',
  slow,
  async ([locale, name, words], context) => {
    needsBrowser(context);
    const { page } = await console(locale);
    await page.context().setOffline(true);
    await page.getByRole('link', { name }).click();
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    // The frame still works: a page that was loaded opens.
    await page.getByRole('link', { name: /Audit log|审计日志/ }).click();
    await page.locator('.head h1').waitFor();
    await page.getByRole('link', { name }).click();
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    await page.context().setOffline(false);
    await page.locator('.head h1', { hasText: name }).waitFor();
  },
);

test('"Try again" loads the page when the network is back', slow, async (context) => {
  needsBrowser(context);
  const { page, way } = await console();
  way.rules.refuse = () => 502;
  await page.getByRole('link', { name: 'Not yet read' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await alert.waitFor();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor();
  way.rules.refuse = () => undefined;
  await page.locator('.head h1', { hasText: 'Not yet read' }).waitFor();
});

test('after an upgrade the console reloads once without help, and shows the requested page', slow, async (context) => {
  needsBrowser(context);
  const { page, way } = await console();
  const loads = countLoads(page);
  let isUpgraded = false;
  way.rules.edit = (html) => html.replace('/assets/console-', '/assets/next-console-');
  way.rules.forward = (path) => path.replace('/assets/next-', '/assets/');
  way.rules.refuse = (path, { headers }) => {
    if (headers['sec-fetch-dest'] === 'document') isUpgraded = true;
    return !isUpgraded && path.startsWith('/assets/unread-') ? 404 : undefined;
  };
  await page.getByRole('link', { name: 'Not yet read' }).click();
  await page.locator('.head h1', { hasText: 'Not yet read' }).waitFor();
  expect(loads.count).toBe(1);
  expect(new URL(page.url()).pathname).toBe('/console/unread');
});

const missing = [
  ['en-GB', 'Not yet read', 'One of its files is missing on the server', 'Reload'],
  ['zh-CN', '未读名单', '服务器上缺少此页面的文件', '重新加载'],
] as const;

test.for(sample(missing, 2, 1))(
  'a permanently missing file is reported in %s after one reload, without a reload loop',
  slow,
  async ([locale, name, words, reload], context) => {
    needsBrowser(context);
    const { page, way } = await console(locale);
    const loads = countLoads(page);
    let asked = 0;
    way.rules.refuse = (path) => {
      if (!path.startsWith('/assets/unread-')) return undefined;
      asked += 1;
      return 404;
    };
    await page.getByRole('link', { name }).click();
    const alert = page.getByRole('alert').filter({ hasText: words });
    await alert.waitFor();
    expect(loads.count).toBe(1);
    const before = asked;
    await alert.getByRole('button', { name: reload }).click();
    await becomes(async () => loads.count, 2);
    await alert.waitFor();
    expect(asked).toBeGreaterThan(before);
    expect(loads.count).toBe(2);
    way.rules.refuse = () => undefined;
    await alert.getByRole('button', { name: reload }).click();
    await page.locator('.head h1', { hasText: name }).waitFor();
  },
);

test('a missing stylesheet is reported like a missing script', slow, async (context) => {
  needsBrowser(context);
  const { page, way } = await console();
  way.rules.refuse = (path) => (/^\/assets\/plot-.*\.css$/.test(path) ? 404 : undefined);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('alert').filter({ hasText: 'One of its files is missing' }).waitFor();
});

test('without its script the inbox shows a page that says what to do', slow, async (context) => {
  needsBrowser(context);
  const way = await between(server.url);
  way.rules.refuse = (path) => (path.startsWith('/assets/inbox-') && path.endsWith('.js') ? 404 : undefined);
  const browser = await visitor();
  await browser.addCookies([inboxSession(await signIn('u01'), way.url)]);
  const page = await browser.newPage();
  await page.goto(way.url);
  await page.getByText('reload the page').waitFor();
  await page.getByText('请重新加载页面').waitFor();
  way.rules.refuse = () => undefined;
  await page.reload();
  await page.locator('.inbox').waitFor();
});

test(
  'parts of the inbox whose code is missing say so, the rest works, and a card is not read',
  slow,
  async (context) => {
    needsBrowser(context);
    const way = await between(server.url);
    way.rules.refuse = (path) => (/^\/assets\/(card|compose)-.*\.js$/.test(path) ? 404 : undefined);
    await shown('u02', { title: 'Card', content: 'Text of the card' });
    const browser = await visitor();
    const session = await signIn('u02');
    await browser.addCookies([inboxSession(session, way.url)]);
    const page = await browser.newPage();
    const loads = countLoads(page);
    await page.goto(`${way.url}/#robot-one`);
    const alerts = page.getByRole('alert').filter({ hasText: 'One of its files is missing on the server' });
    await becomes(() => alerts.count(), 2);
    // Once by hand, and once without help, because the file may be one of a newer version.
    expect(loads.count).toBe(2);
    expect(await seriousFindings(page)).toEqual([]);
    await sent({ userIds: ['u02'], msgParam: '{"content":"seen meanwhile"}' });
    await page.locator('.bubble', { hasText: 'seen meanwhile' }).waitFor();
    const unread = async () => (await inboxOf(session)).messages.map(({ readAt }) => readAt === null);
    await becomes(unread, [false, true]);
    way.rules.refuse = () => undefined;
    await alerts.first().getByRole('button', { name: 'Reload' }).click();
    await page.locator('.interactive', { hasText: 'Text of the card' }).waitFor();
    await page.locator('.compose textarea').waitFor();
    await becomes(unread, [false, false]);
  },
);
