import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sample } from '../../support/long.ts';
import { seriousFindings } from '../support/axe.ts';
import { buttonsOf, cardDesk } from '../support/cards.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';

const suite = await pages();
const { call, inboxOf, needsBrowser, opened, recall, sent, server, signIn, visitor } = suite;
const { shown } = cardDesk(suite);

const text = '## Three days\n\n[details](https://example.com) and `code`';
const actions = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`actionTitle${i + 1}`, `Choice ${i + 1}`],
      [`actionURL${i + 1}`, i === 0 ? 'https://a.example' : 'x:'],
    ]).flat(),
  );
const pair = { buttonTitle1: 'Yes', buttonUrl1: 'https://a.example', buttonTitle2: 'No', buttonUrl2: 'x:' };
const markdown = '# Title\n\n> quoted\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\ncode\n```';

/** All thirteen kinds. */
const messages: readonly (readonly [string, object])[] = [
  ['sampleText', { content: 'hello https://example.com' }],
  ['sampleMarkdown', { title: 'm', text: markdown }],
  ['sampleImageMsg', { photoURL: '@lADOdvRYes0CbM0CbA' }],
  ['sampleLink', { title: 'Link', text: 'text', picUrl: '', messageUrl: 'https://example.com' }],
  ['sampleLink', { title: 'Link', text: 'leads nowhere', picUrl: '', messageUrl: 'javascript:1' }],
  ['sampleActionCard', { title: 'Leave', text, singleTitle: 'Details', singleURL: 'https://a.example' }],
  ['sampleActionCard2', { title: 'Leave', text, ...actions(2) }],
  ['sampleActionCard3', { title: 'Leave', text, ...actions(3) }],
  ['sampleActionCard4', { title: 'Leave', text, ...actions(4) }],
  ['sampleActionCard5', { title: 'Leave', text, ...actions(5) }],
  ['sampleActionCard6', { title: 'Leave', text, ...pair }],
  ['sampleAudio', { mediaId: '@a', duration: '3000' }],
  ['sampleVideo', { videoMediaId: '@a', duration: '60', videoType: 'mp4' }],
  ['sampleFile', { mediaId: '@a', fileName: 'report.xlsx', fileType: 'xlsx' }],
];

for (const [msgKey, param] of messages) await sent({ msgKey, msgParam: JSON.stringify(param) });
for (const flowStatus of ['1', '3', '5'])
  await shown('alice', { title: 'Leave', content: markdown, flowStatus, ...buttonsOf('Approve', 'Reject') });

const said = (page: Page, hasText: string) =>
  page.locator('[aria-live=polite]', { hasText }).waitFor({ state: 'attached' });

/** Each theme at each width; in an ordinary run each theme and each width once. */
const looks = (['light', 'dark'] as const).flatMap((theme, i) =>
  sample([1100, 360], 2, i).map((width) => ({ theme, width })),
);

test.for(looks)(
  'axe finds no serious problem in the $theme theme at $width pixels',
  { timeout: 120_000 },
  async ({ theme, width }, context) => {
    needsBrowser(context);
    const look = { colorScheme: theme, viewport: { width, height: 740 }, reducedMotion: 'reduce' } as const;
    const found: string[] = [];
    const check = async (page: Page, state: string) => {
      found.push(...(await seriousFindings(page)).map((finding) => `${state}: ${finding}`));
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) found.push(`${state} is ${over} px too wide`);
    };
    const outside = await (await visitor(look)).newPage();
    await outside.goto(server.url);
    await outside.locator('.people button').first().waitFor();
    await check(outside, 'sign-in');
    await outside.getByRole('searchbox').fill('nobody of this name');
    await outside.getByText('Nobody matches.').waitFor();
    await check(outside, 'nobody found');
    await outside.goto(`${server.url}/?signIn=unknown`);
    await outside.getByRole('alert').filter({ hasText: 'You are not a user here' }).waitFor();
    await check(outside, 'refused');

    const list = await opened('alice', '', look);
    await list.locator('.row').first().waitFor();
    await list.getByRole('button', { name: 'Settings' }).click();
    await check(list, 'list and settings');
    await list.keyboard.press('Escape');
    const search = list.getByRole('textbox', { name: 'Search messages' });
    await search.fill('three');
    await list.locator('.result').first().waitFor();
    await check(list, 'found');
    await search.fill('nothing like this');
    await list.getByText('Nothing found').waitFor();
    await check(list, 'nothing found');

    const thread = await opened('alice', 'robot-one', look);
    await thread.locator('.message').first().waitFor();
    await check(thread, 'the first messages');
    for (const message of await thread.locator('.message').all()) {
      await message.scrollIntoViewIfNeeded();
    }
    const gone = await sent({ msgParam: '{"content":"to be recalled"}' });
    await thread.locator('.bubble', { hasText: 'to be recalled' }).waitFor();
    await recall({ processQueryKeys: [gone] });
    await thread.locator('.recalled').waitFor();
    await check(thread, 'the last messages');
    await thread.getByRole('button', { name: 'Mute', exact: true }).click();
    await thread.getByText('You have muted this robot').waitFor();
    await check(thread, 'muted');
    await thread.getByRole('button', { name: 'Unmute' }).click();
    await thread.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await thread.route('**/inbox/v1/**', (route) => route.abort());
    await thread.getByRole('button', { name: 'Mute', exact: true }).click();
    await thread.getByText('That did not work').waitFor();
    await check(thread, 'a failure');
    const bare = await opened('alice', 'robot-more', look);
    await bare.getByText('No messages yet').last().waitFor();
    await check(bare, 'an empty conversation');
    expect(found).toEqual([]);
  },
);

test.for(sample(looks, 2))(
  'axe finds no serious problem in Chinese: $theme theme at $width pixels',
  {
    timeout: 120_000,
  },
  async ({ theme, width }, context) => {
    needsBrowser(context);
    const viewport = { width, height: 740 };
    const look = { colorScheme: theme, viewport, locale: 'zh-CN', reducedMotion: 'reduce' } as const;
    const outside = await (await visitor(look)).newPage();
    await outside.goto(server.url);
    await outside.locator('.people button').first().waitFor();
    const found = [...(await seriousFindings(outside))];
    const thread = await opened('alice', 'robot-one', look);
    await thread.locator('.message').first().waitFor();
    expect(await thread.locator('html').getAttribute('lang')).toMatch(/^zh/);
    for (const message of await thread.locator('.message').all()) await message.scrollIntoViewIfNeeded();
    found.push(...(await seriousFindings(thread)));
    expect(found).toEqual([]);
  },
);

test('a message that arrives while the page starts is announced to screen readers', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  const browser = await visitor();
  await browser.addCookies([inboxSession(await signIn('u20'), server.url)]);
  const page = await browser.newPage();
  const { promise: hasArrived, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/inbox/v1/messages?*', async (route) => {
    await hasArrived;
    await route.continue();
  });
  await page.goto(server.url);
  await page.locator('.inbox').waitFor();
  // From here on messages are announced, whether the list that is still loading has them or not.
  const session = await signIn('u20');
  await sent({ userIds: ['u20'], msgParam: '{"content":"come to the door"}' });
  await becomes(async () => (await inboxOf(session)).unreadCount, 1);
  goOn();
  await said(page, 'Name of robot-one: come to the door');
});

test('messages that arrive together, and the same ones again, are all announced', {
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

test('the inbox loads less than 130 KB of compressed JavaScript, and nothing of the console', async () => {
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
  expect(bytes).toBeLessThan(130_000);
});
