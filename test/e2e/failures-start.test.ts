/** A page opens while the server, or a proxy in front of it, does not answer. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sample } from '../support/long.ts';
import { seriousFindings } from './support/axe.ts';
import { between } from './support/between.ts';
import { becomes, inboxSession, pages } from './support/harness.ts';
import { desk } from './support/operator.ts';

const { needsBrowser, server, signIn, visitor } = await pages();

const slow = { timeout: 120_000 };

const isCall = (path: string) => /^\/(?:inbox|console|emulator)\/v1\//.test(path);

/** A browser that is signed in to the inbox and to the console behind a proxy. */
async function signedIn(locale: string) {
  const way = await between(server.url);
  const { page } = await desk({ server: { ...server, url: way.url }, visitor }).operator('', { locale });
  await page.context().addCookies([inboxSession(await signIn('alice'), way.url)]);
  return { page, way };
}

const failed = (page: Page, words: string) => page.getByRole('alert').filter({ hasText: words });

const surfaces = [
  { surface: 'inbox', path: '/', inside: '.inbox' },
  { surface: 'console', path: '/console', inside: '.head h1' },
];
const languages = [
  { locale: 'en-GB', notReady: 'The server is not ready', away: 'The server cannot be reached', retry: 'Try again' },
  { locale: 'zh-CN', notReady: '服务器暂时不可用', away: '无法连接服务器', retry: '重试' },
];
/** Each surface in both languages; in an ordinary run in one of them. */
const all = surfaces.flatMap((surface, i) => sample(languages, 2, i).map((language) => ({ ...surface, ...language })));

test.for(all)(
  'the $surface that gets a 502 says so in $locale, does not show the sign-in, and opens without help',
  slow,
  async ({ path, inside, locale, notReady, retry }, context) => {
    needsBrowser(context);
    const { page, way } = await signedIn(locale);
    let refused = 0;
    way.rules.refuse = (asked) => {
      if (!isCall(asked)) return undefined;
      refused += 1;
      return 502;
    };
    await page.goto(way.url + path);
    await failed(page, notReady).waitFor();
    expect(await page.locator('input').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    const before = refused;
    await page.getByRole('button', { name: retry }).click();
    await expect.poll(() => refused).toBeGreaterThan(before);
    way.rules.refuse = () => undefined;
    await page.locator(inside).waitFor();
  },
);

test.for(all)(
  'the $surface whose calls fail says so in $locale and opens when the browser is online again',
  slow,
  async ({ path, inside, locale, away }, context) => {
    needsBrowser(context);
    const { page, way } = await signedIn(locale);
    // The page itself still loads; then the network fails.
    await page.route(/\/v1\//, (route) => route.abort());
    await page.goto(way.url + path);
    await failed(page, away).waitFor();
    expect(await page.locator('input').count()).toBe(0);
    await page.unroute(/\/v1\//);
    await page.evaluate("dispatchEvent(new Event('online'))");
    await page.locator(inside).waitFor();
  },
);

test('the console shows the emulator’s pages because the server says that it is one', slow, async (context) => {
  needsBrowser(context);
  const { page, way } = await signedIn('en-GB');
  way.rules.refuse = (asked) => (asked.startsWith('/emulator/') ? 502 : undefined);
  await page.goto(`${way.url}/console`);
  await page.getByRole('link', { name: 'Requests' }).waitFor();
  // The overview needs the emulator's clock, and says that it has none.
  await page.getByRole('alert').filter({ hasText: 'could not respond' }).waitFor();
  way.rules.refuse = () => undefined;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Deliveries').first().waitFor();
});

test('organizations that cannot be loaded are not shown as none', slow, async (context) => {
  needsBrowser(context);
  const { page, way } = await signedIn('en-GB');
  way.rules.refuse = (asked) => (asked === '/console/v1/organizations' ? 502 : undefined);
  await page.goto(`${way.url}/console/users`);
  await page.getByRole('alert').filter({ hasText: 'could not respond' }).waitFor();
  expect(await page.getByText('There is no organization yet').count()).toBe(0);
  way.rules.refuse = () => undefined;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Name of alice').first().waitFor();
});

test('a sign-in link that gets a 502 can be tried again', slow, async (context) => {
  needsBrowser(context);
  const way = await between(server.url);
  const { page } = await desk({ server, visitor }).operator();
  const code = await page.evaluate<string>(`fetch('/console/v1/sessions/current').then((answer) => answer.json())
    .then(({ csrfToken }) => fetch('/console/v1/signInCodes', { method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
      body: JSON.stringify({ corpId: 'corp-one', userId: 'bob' }) }))
    .then((answer) => answer.json()).then(({ code }) => code)`);
  way.rules.refuse = (asked) => (asked === '/inbox/v1/sessions' ? 502 : undefined);
  const mine = await (await visitor()).newPage();
  await mine.goto(`${way.url}/?code=${encodeURIComponent(code)}`);
  await failed(mine, 'The server cannot be reached').waitFor();
  way.rules.refuse = () => undefined;
  await mine.getByRole('button', { name: 'Try again' }).click();
  await mine.locator('.inbox').waitFor();
  await becomes(async () => new URL(mine.url()).search, '');
});
