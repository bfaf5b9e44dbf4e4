/** The inbox as an app: installed, without a connection, with a badge, notifications and a sound. */
import { type BrowserContextOptions, devices, type Page } from 'playwright-core';
import { expect, type TestContext, test, vi } from 'vitest';
import { ok } from '../../conformance/support/world.ts';
import { between } from '../support/between.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';

vi.setConfig({ testTimeout: 90_000 });

const { call, needsBrowser, receipt, recall, sent, server, signIn, visitor } = await pages();

const phone: BrowserContextOptions = { ...devices['Pixel 7'], locale: 'en-GB', serviceWorkers: 'allow' };
const robot = 'robot-one';
const text = (content: string) => JSON.stringify({ content });

/** The inbox of a person as an app, after its service worker has kept the shell. */
async function app(context: TestContext, userId: string, { url = server.url, before = '' } = {}) {
  needsBrowser(context);
  const browser = await visitor(phone);
  await browser.addCookies([inboxSession(await signIn(userId), url)]);
  if (before !== '') await browser.addInitScript(before);
  const page = await browser.newPage();
  await page.goto(`${url}/`);
  await page.locator('.inbox').waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  return { browser, page };
}

/** What the browser keeps of the inbox, as JSON; undefined if it keeps nothing. */
const kept = (page: Page) =>
  page.evaluate<string | undefined>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('huizhi-inbox');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asking = opening.result.transaction('kept').objectStore('kept').getAll();
      asking.onsuccess = () => resolve(asking.result.length === 0 ? undefined : JSON.stringify(asking.result));
    };
  })`);

const keeps = (page: Page, content: string) => becomes(async () => (await kept(page))?.includes(content), true);

const unreadOf = async (key: string) => (await receipt(key)).messageReadInfoList[0]?.readStatus;

test('a browser can install it', async (context) => {
  const { browser, page } = await app(context, 'u01');
  const session = await browser.newCDPSession(page);
  expect(await session.send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] });
  const { data = '', errors } = await session.send('Page.getAppManifest');
  expect([errors, JSON.parse(data).name]).toEqual([[], 'huizhi 回执']);
  for (const { src } of JSON.parse(data).icons as { src: string }[])
    expect([src, (await call('GET', src)).headers['content-type']]).toEqual([src, 'image/png']);
});

test('without a network a phone opens what was loaded, and reads are reported when the network is back', async (context) => {
  const key = await sent({ userIds: ['u02'], msgParam: text('the plan for the weekend') });
  const { browser, page } = await app(context, 'u02');
  await keeps(page, 'the plan for the weekend');
  await browser.setOffline(true);
  await page.goto(`${server.url}/#${robot}`);
  await page.reload();
  await page.locator('.message').getByText('the plan for the weekend').waitFor();
  await page.getByText('Connection lost').waitFor();
  await keeps(page, '"seen"');
  expect(await unreadOf(key)).toBe('UNREAD');
  await page.close();
  const again = await browser.newPage();
  await again.goto(`${server.url}/`);
  await again.getByText('the plan for the weekend').first().waitFor();
  const before = Math.floor(Date.now() / 1000);
  await browser.setOffline(false);
  await becomes(() => unreadOf(key), 'READ');
  expect((await receipt(key)).messageReadInfoList[0]?.readTimestamp).toBeGreaterThanOrEqual(before);
  await again.getByText('Connection lost').waitFor({ state: 'detached' });
});

test('a message that was recalled meanwhile is never shown after the network is back', async (context) => {
  const key = await sent({ userIds: ['u03'], msgParam: text('the wrong list') });
  const { browser, page } = await app(context, 'u03');
  await keeps(page, 'the wrong list');
  await page.close();
  ok(await recall({ processQueryKeys: [key] }));
  await browser.addInitScript(`
    globalThis.seen = [];
    new MutationObserver(() => {
      if (document.body?.textContent.includes('the wrong list')) globalThis.seen.push(document.body.textContent);
    }).observe(document, { childList: true, subtree: true, characterData: true });
  `);
  const again = await browser.newPage();
  await again.goto(`${server.url}/#${robot}`);
  await again.locator('.main').getByText('No messages yet').waitFor();
  expect(await again.evaluate('globalThis.seen')).toEqual([]);
  await becomes(async () => (await kept(again))?.includes('the wrong list'), false);
});

test('nothing stays in the browser after a sign-out, and after the session has ended', async (context) => {
  await sent({ userIds: ['u04'], msgParam: text('for u04 only') });
  const ends = {
    async 'sign-out'(page: Page) {
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('button', { name: 'Sign out' }).click();
    },
    async session(page: Page) {
      await page.context().clearCookies();
      await page.reload();
    },
  };
  for (const [name, end] of Object.entries(ends)) {
    const { browser, page } = await app(context, 'u04');
    await keeps(page, 'for u04 only');
    await end(page);
    await page.locator('.sign-in').waitFor();
    await becomes(() => kept(page), undefined);
    await browser.setOffline(true);
    await page.reload();
    await page.locator('.failed-title').waitFor();
    expect([name, await page.getByText('for u04 only').count()]).toEqual([name, 0]);
  }
});

test('the badge of the app has the number of unread messages, and none after a sign-out', async (context) => {
  await sent({ userIds: ['u05'] });
  const before = `
    globalThis.badges = [];
    navigator.setAppBadge = async (count) => void globalThis.badges.push(count);
    navigator.clearAppBadge = async () => void globalThis.badges.push(0);
  `;
  const { page } = await app(context, 'u05', { before });
  const newest = () => page.evaluate<number>('globalThis.badges.at(-1)');
  await becomes(newest, 1);
  await sent({ userIds: ['u05'] });
  await becomes(newest, 2);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('.sign-in').waitFor();
  await becomes(newest, 0);
});

test('messages notify and sound while the page is not in front, if that is chosen, and a recall ends that', async (context) => {
  needsBrowser(context);
  // A headless browser has no sound and no windows behind others.
  const before = `
    globalThis.tones = 0;
    globalThis.shown = new Map();
    document.hasFocus = () => false;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) { globalThis.tones++; return start.apply(this, args); };
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    Notification.requestPermission = async () => 'granted';
    ServiceWorkerRegistration.prototype.showNotification = async (title, { tag, body }) =>
      void globalThis.shown.set(tag, title + ': ' + body);
    ServiceWorkerRegistration.prototype.getNotifications = async ({ tag }) =>
      globalThis.shown.has(tag) ? [{ close: () => globalThis.shown.delete(tag) }] : [];
  `;
  const { page } = await app(context, 'u06', { before });
  const shown = () => page.evaluate<string[]>('[...globalThis.shown.values()]');
  await sent({ userIds: ['u06'], msgParam: text('before the choice') });
  await page.getByText('before the choice').first().waitFor();
  expect([await shown(), await page.evaluate('globalThis.tones')]).toEqual([[], 0]);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Notifications while open').check();
  await page.getByLabel('Sound').check();
  await becomes(() => page.evaluate('globalThis.tones'), 2);
  const key = await sent({ userIds: ['u06'], msgParam: text('a fire drill at ten') });
  await becomes(async () => (await shown()).some((line) => line.endsWith(': a fire drill at ten')), true);
  ok(await recall({ processQueryKeys: [key] }));
  await becomes(shown, []);
  await page.reload();
  await page.getByRole('button', { name: 'Settings' }).click();
  expect(await page.getByLabel('Sound').isChecked()).toBe(true);
});

test('without a network the page of the newest build opens', async (context) => {
  needsBrowser(context);
  const way = await between(server.url);
  const { browser, page } = await app(context, 'u07', { url: way.url });
  way.rules.edit = (given, path) =>
    path === '/sw.js' ? given.replace(/id:`\w+`/, 'id:`next`') : given.replace('<body>', '<body data-build="next">');
  await page.reload();
  await becomes(() => page.evaluate<boolean>("caches.has('huizhi-shell-next')"), true);
  await becomes(
    () => page.evaluate<boolean>("caches.open('huizhi-shell-next').then((shell) => shell.match('/')).then(Boolean)"),
    true,
  );
  await browser.setOffline(true);
  await page.reload();
  await page.locator('body[data-build=next] .inbox').waitFor();
});
