/** A message that cannot be rendered, and a lost network: the rest of the page still works. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sample } from '../support/long.ts';
import { seriousFindings } from './support/axe.ts';
import { between } from './support/between.ts';
import { becomes, pages } from './support/harness.ts';
import { desk } from './support/operator.ts';

const { needsBrowser, opened, server, sent, visitor } = await pages();
const { operator, goTo } = desk({ server, visitor });

const slow = { timeout: 120_000 };

const languages = [
  {
    locale: 'en-GB',
    plain: 'this is shown as plain text',
    failed: 'This part of the page could not be shown',
    retry: 'Try again',
    overview: 'Overview',
    lost: 'Connection lost',
    unreachable: 'The server cannot be reached',
  },
  {
    locale: 'zh-CN',
    plain: '已按纯文本显示',
    failed: '这部分内容无法显示',
    retry: '重试',
    overview: '概览',
    lost: '连接已断开',
    unreachable: '无法连接服务器',
  },
];

const stream = '/inbox/v1/events';

/** A time outside of every calendar, as a damaged database may contain it. */
const noTime = 9e15;

/** Changes the server's answers about a message, while the page is open or until it is undone. */
async function damage(page: Page, path: RegExp, change: (answer: string) => string) {
  await page.route(path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
}

test.for(sample(languages, 2, 1))(
  'a message that is too complex, and one with an impossible time, do not affect the others of the inbox in $locale',
  slow,
  async ({ locale, plain }, context) => {
    needsBrowser(context);
    const userId = locale === 'en-GB' ? 'u01' : 'u02';
    await sent({ userIds: [userId], msgParam: '{"content":"the first"}' });
    for (const text of ['>'.repeat(2500), '<p>'.repeat(300)])
      await sent({ userIds: [userId], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'hostile', text }) });
    await sent({ userIds: [userId], msgParam: '{"content":"the last"}' });
    const page = await opened(userId, 'robot-one', { locale });
    await becomes(() => page.locator('.message').count(), 4);
    await page.getByText(plain).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await damage(page, /\/inbox\/v1\/messages\?/, (answer) => answer.replace(/"sentAt":\d+/, `"sentAt":${noTime}`));
    await page.reload();
    await becomes(() => page.locator('.message').count(), 4);
    await page.locator('.message', { hasText: 'the first' }).waitFor();
    await page.locator('.message', { hasText: 'the last' }).waitFor();
  },
);

test.for(sample(languages, 2, 0))(
  'a message that the console cannot render keeps its frame, in $locale, and is shown when it can be',
  slow,
  async ({ locale, failed, retry, overview }, context) => {
    needsBrowser(context);
    await sent({ userIds: ['u03'] });
    const { page } = await operator('/messages?corpId=corp-one', { locale });
    await damage(page, /\/console\/v1\/messages\/\w+$/, (answer) =>
      answer.replace(/"sentAt":\d+/, `"sentAt":${noTime}`),
    );
    await page.locator('.main-cell a').first().click();
    const alert = page.getByRole('alert').filter({ hasText: failed });
    await alert.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.unrouteAll();
    await alert.getByRole('button', { name: retry }).waitFor();
    await page.getByRole('link', { name: overview }).click();
    await page.locator('.head h1', { hasText: overview }).waitFor();
    await page.goBack();
    await page.locator('.facts').waitFor();
  },
);

test.for(sample(languages, 2, 1))(
  'the inbox says in $locale that it is offline, and misses no message',
  slow,
  async (words, context) => {
    needsBrowser(context);
    const userId = words.locale === 'en-GB' ? 'u04' : 'u05';
    const page = await opened(userId, 'robot-one', { locale: words.locale });
    await page.context().setOffline(true);
    await page.getByRole('status').filter({ hasText: words.lost }).waitFor();
    await sent({ userIds: [userId], msgParam: '{"content":"sent meanwhile"}' });
    await page.context().setOffline(false);
    await page.locator('.message', { hasText: 'sent meanwhile' }).waitFor();
    await becomes(() => page.getByRole('status').filter({ hasText: words.lost }).count(), 0);
  },
);

test(
  'the inbox says that it is offline also if an answer that was sent before arrives after the network is lost',
  slow,
  async (context) => {
    needsBrowser(context);
    const { fates, isDelayed, release, url } = await between(server.url);
    fates.set(stream, 'delayed');
    const page = await opened('u06', 'robot-one', { baseURL: url });
    await becomes(async () => isDelayed(stream), true);
    await page.context().setOffline(true);
    const banner = page.getByRole('status').filter({ hasText: 'Connection lost' });
    await banner.waitFor();
    release(stream);
    await sent({ userIds: ['u06'], msgParam: '{"content":"seen while offline"}' });
    await page.locator('.message', { hasText: 'seen while offline' }).waitFor();
    expect(await banner.count()).toBe(1);
    await page.context().setOffline(false);
    await becomes(() => banner.count(), 0);
  },
);

test.for(sample(languages, 2, 0))(
  'a list of the console says in $locale that it is offline, and loads again',
  slow,
  async (words, context) => {
    needsBrowser(context);
    const { page } = await operator('/users?corpId=corp-one', { locale: words.locale });
    await goTo(page, '/audit?corpId=corp-one');
    await page.locator('a[href*="/console/users"]').click();
    await page.locator('td').first().waitFor();
    await page.context().setOffline(true);
    await page.locator('a[href*="/console/audit"]').click();
    await page.getByRole('alert').filter({ hasText: words.unreachable }).first().waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: words.retry }).first().click();
    await becomes(() => page.getByRole('alert').filter({ hasText: words.unreachable }).count(), 0);
  },
);
