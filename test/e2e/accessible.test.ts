import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from './harness.ts';

const { call, inboxOf, needsBrowser, opened, sent, server, signIn, visitor } = await pages();

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

type Finding = { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] };

/** What axe finds serious, each with the first place. */
async function serious(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run()');
  const bad = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  return bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const action = { title: 'Leave', text: '## Three days\n\n[details](https://example.com) and `code`' };
const messages: readonly (readonly [string, object])[] = [
  ['sampleText', { content: 'hello https://example.com' }],
  ['sampleMarkdown', { title: 'm', text: '# Title\n\n> quoted\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\ncode\n```' }],
  ['sampleImageMsg', { photoURL: '@lADOdvRYes0CbM0CbA' }],
  ['sampleLink', { title: 'Link', text: 'text', picUrl: '', messageUrl: 'https://example.com' }],
  ['sampleLink', { title: 'Link', text: 'leads nowhere', picUrl: '', messageUrl: 'javascript:1' }],
  [
    'sampleActionCard6',
    { ...action, buttonTitle1: 'Yes', buttonUrl1: 'https://a.example', buttonTitle2: 'No', buttonUrl2: 'x:' },
  ],
  ['sampleAudio', { mediaId: '@a', duration: '3000' }],
  ['sampleVideo', { videoMediaId: '@a', duration: '60', videoType: 'mp4' }],
  ['sampleFile', { mediaId: '@a', fileName: 'report.xlsx', fileType: 'xlsx' }],
];

for (const [msgKey, param] of messages) await sent({ msgKey, msgParam: JSON.stringify(param) });

const said = (page: Page, hasText: string) =>
  page.locator('[aria-live=polite]', { hasText }).waitFor({ state: 'attached' });

const looks = (['light', 'dark'] as const).flatMap((theme) => [1100, 360].map((width) => ({ theme, width })));

test.for(looks)(
  'axe finds nothing serious in the $theme theme at $width pixels',
  { timeout: 90_000 },
  async (each, context) => {
    needsBrowser(context);
    const { theme, width } = each;
    const look = { colorScheme: theme, viewport: { width, height: 740 } };
    const page = await (await visitor(look)).newPage();
    await page.goto(server.url);
    await page.locator('.people button').first().waitFor();
    expect(await serious(page)).toEqual([]);
    const list = await opened('alice', '', look);
    await list.locator('.row').first().waitFor();
    await list.getByRole('button', { name: 'Settings' }).click();
    expect(await serious(list)).toEqual([]);
    const thread = await opened('alice', 'robot-one', look);
    await thread.locator('.message').first().waitFor();
    expect(await serious(thread)).toEqual([]);
    expect(await thread.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  },
);

test('what arrives while the page starts is said to those who do not see it', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const browser = await visitor();
  await browser.addCookies([{ name: 'huizhi_inbox', value: await signIn('u20'), url: server.url }]);
  const page = await browser.newPage();
  const { promise: hasArrived, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/inbox/v1/messages?*', async (route) => {
    await hasArrived;
    await route.continue();
  });
  await page.goto(server.url);
  await page.locator('.inbox').waitFor();
  // From here on somebody is there to hear it, whether the list that is still being loaded has it or not.
  const session = await signIn('u20');
  await sent({ userIds: ['u20'], msgParam: '{"content":"come to the door"}' });
  await becomes(async () => (await inboxOf(session)).unreadCount, 1);
  goOn();
  await said(page, 'Name of robot-one: come to the door');
});

test('of what arrives together, and of the same once more, nothing is left unsaid', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  const page = await opened('u21');
  await page.evaluate(`window.heard = [];
    new MutationObserver((changes) => heard.push(...changes.flatMap(({ addedNodes }) => [...addedNodes]).map((one) => one.textContent)))
      .observe(document.querySelector('[aria-live=polite]'), { childList: true, subtree: true })`);
  const words = ['one', 'two', 'two', 'three'];
  await Promise.all(words.map((content) => sent({ userIds: ['u21'], msgParam: JSON.stringify({ content }) })));
  const expected = words.map((word) => `Name of robot-one: ${word}`).toSorted();
  await becomes(async () => (await page.evaluate<string[]>('heard')).toSorted(), expected);
});

test('the inbox loads less than 120 KB of JavaScript, compressed, and nothing of the console', async () => {
  const { text } = await call('GET', '/');
  const scripts = [...text.matchAll(/"(\/assets\/[^"]+\.js)"/g)].map(([, path]) => String(path));
  expect(scripts.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const path of scripts) {
    const answer = await fetch(server.url + path, { headers: { 'accept-encoding': 'gzip' } });
    bytes += Number(answer.headers.get('content-length'));
    const code = await answer.text();
    expect(code.length).toBeGreaterThan(0);
    expect(code).not.toContain('/console/v1');
  }
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(120_000);
});
