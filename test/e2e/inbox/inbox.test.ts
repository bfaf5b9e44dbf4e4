import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';

const { needsBrowser, opened, receipt, recall, sent, signIn, inboxOf, markRead, visitor, server } = await pages();

const robot = 'robot-one';
const long = (lines: number) =>
  JSON.stringify({ content: Array.from({ length: lines }, (_, i) => `line ${i}`).join('\n') });
const textOf = (page: Page) => page.locator('.messages').textContent();
const statesOf = async (key: string) =>
  Object.fromEntries(
    (await receipt(key)).messageReadInfoList.map(({ userId, readStatus }) => [userId, readStatus] as const),
  );

/** Makes the page believe that another tab is in front. */
const turn = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`);

test('a message appears in two open inboxes, is read where it was in view, and disappears when it is recalled', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  // Earlier messages of alice fill her window; its top is in view.
  await sent({ userIds: ['alice'], msgParam: long(60) });
  const alice = await opened('alice', robot);
  const bob = await opened('bob');
  await alice.locator('.message').waitFor();
  const key = await sent({ userIds: ['alice', 'bob'], msgParam: '{"content":"the lift is out of order"}' });
  await alice.locator('.bubble', { hasText: 'the lift is out of order' }).waitFor();
  await bob.locator('.row', { hasText: 'the lift is out of order' }).waitFor();
  await bob.locator('.badge').waitFor();
  expect(await statesOf(key)).toEqual({ alice: 'UNREAD', bob: 'UNREAD' });
  await alice.locator('.bubble', { hasText: 'the lift is out of order' }).scrollIntoViewIfNeeded();
  await becomes(() => statesOf(key), { alice: 'READ', bob: 'UNREAD' });
  await alice.locator('.message', { hasText: 'the lift' }).locator('.meta', { hasText: 'Read' }).waitFor();
  await recall({ processQueryKeys: [key] });
  await alice.locator('.recalled').waitFor();
  await becomes(
    () =>
      bob
        .locator('.side')
        .textContent()
        .then((text) => text?.includes('the lift')),
    false,
  );
  expect(await textOf(alice)).not.toContain('the lift');
  await becomes(() => bob.locator('.badge').count(), 0);
});

test('a message below the fold is not read', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const above = await sent({ userIds: ['carol'], msgParam: long(10) });
  const between = await sent({ userIds: ['carol'], msgParam: long(60) });
  const below = await sent({ userIds: ['carol'], msgParam: '{"content":"below"}' });
  const page = await opened('carol', robot);
  await becomes(() => statesOf(above), { carol: 'READ' });
  expect(await statesOf(below)).toEqual({ carol: 'UNREAD' });
  expect(await statesOf(between)).toEqual({ carol: 'UNREAD' });
  // Slowly, so that each line is in view long enough.
  await page.locator('.scroller').hover();
  const read = async () => {
    await page.mouse.wheel(0, 40);
    return statesOf(between);
  };
  await becomes(read, { carol: 'READ' });
  await becomes(() => statesOf(below), { carol: 'READ' });
});

test('a hidden tab reads nothing, and a visible one does immediately', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const page = await opened('u01', robot);
  let told = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/messages/read')) told++;
  });
  await page.clock.install();
  await turn(page, 'hidden');
  const key = await sent({ userIds: ['u01'] });
  await page.locator('.message').waitFor();
  await page.clock.runFor(10_000);
  expect([told, await statesOf(key)]).toEqual([0, { u01: 'UNREAD' }]);
  await turn(page, 'visible');
  await becomes(() => statesOf(key), { u01: 'READ' });
});

test('events from while the connection was cut, or the page reloaded, are shown afterwards, once', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  const page = await opened('u02', robot);
  const first = await sent({ userIds: ['u02'], msgParam: '{"content":"number 0"}' });
  await becomes(() => statesOf(first), { u02: 'READ' });
  await page.context().setOffline(true);
  for (let i = 1; i <= 5; i++) await sent({ userIds: ['u02'], msgParam: `{"content":"number ${i}"}` });
  await recall({ processQueryKeys: [first] });
  await page.context().setOffline(false);
  const shown = () => page.locator('.bubble').allInnerTexts();
  const expected = [1, 2, 3, 4, 5].map((i) => `number ${i}`);
  await becomes(shown, expected);
  await page.locator('.recalled').waitFor();
  await page.reload();
  await becomes(shown, expected);
});

test('reads that fail are sent again', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const page = await opened('u03', robot);
  let refused = 0;
  await page.route('**/messages/read', (route) => (refused++ < 2 ? route.abort() : route.continue()));
  const key = await sent({ userIds: ['u03'] });
  await becomes(() => statesOf(key), { u03: 'READ' });
  expect(refused).toBeGreaterThan(2);
});

test('a robot can be muted and unmuted, and a message is found by one of its words', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u04'], msgKey: 'sampleMarkdown', msgParam: '{"title":"t","text":"a **needle** here"}' });
  await sent({ userIds: ['u04'], msgParam: '{"content":"hay"}' });
  const page = await opened('u04');
  await page.getByRole('textbox', { name: 'Search messages' }).fill('needle');
  await page.locator('.result').click();
  await page.locator('.is-target', { hasText: 'a needle here' }).waitFor();
  await page.getByRole('button', { name: 'Mute', exact: true }).click();
  await page.getByText('You have muted this robot').waitFor();
  await page.getByRole('button', { name: 'Unmute' }).click();
  await becomes(() => page.getByText('You have muted this robot').count(), 0);
});

test('in dev a person is chosen by name, and everything can be reached by keyboard', {
  timeout: 60_000,
}, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u05'] });
  const page = await (await visitor()).newPage();
  await page.goto(server.url);
  await page.getByRole('searchbox').fill('of u05');
  await page.locator('.people button', { hasText: 'Name of u05' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.row', { hasText: 'Name of robot-one' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Name of robot-one' }).waitFor();
  await becomes(() => page.evaluate('document.activeElement.textContent'), 'Name of robot-one');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Language').selectOption('zh');
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('heading', { name: '登录 huizhi' }).waitFor();
});

test('two thousand messages scroll with few of them in the page and no blank areas', {
  timeout: 120_000,
}, async (context) => {
  needsBrowser(context);
  for (let i = 0; i < 2000; i += 50) {
    const some = Array.from({ length: 50 }, (_, k) =>
      sent({ userIds: ['u06'], msgParam: `{"content":"number ${i + k}"}` }),
    );
    await Promise.all(some);
  }
  const session = await signIn('u06');
  expect((await inboxOf(session)).unreadCount).toBe(2000);
  const page = await opened('u06', robot);
  await page.locator('.message').first().waitFor();
  const seen = new Set<string>();
  let most = 0;
  await page.locator('.scroller').hover();
  // Repeated, because a key press before older messages have loaded does nothing.
  while (!seen.has('number 0')) {
    await page.mouse.wheel(0, -2500);
    await becomes(() => inView(page).then((texts) => texts.length > 0), true);
    for (const text of await inView(page)) seen.add(text);
    most = Math.max(most, await page.locator('.message').count());
  }
  expect(most).toBeLessThan(400);
  await page.locator('.to-end').click();
  await becomes(() => inView(page).then((texts) => texts.length > 0), true);
});

/** The texts of the messages in view. */
function inView(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('.bubble')].filter((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > 80 && top < innerHeight;
  }).map((one) => one.textContent)`);
}

test('Markdown keeps the colours, numbers and check boxes of the sender', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  const text =
    '<font color="#ff0000">late</font> <font color="url(x)">odd</font>\n\n3. third\n4. fourth\n\n- [x] done\n- [ ] open';
  await sent({ userIds: ['u20'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'x', text }) });
  const page = await opened('u20', robot);
  const late = page.locator('.markdown font').first();
  await late.waitFor();
  const shades = await page.evaluate<string[]>(
    `[...document.querySelectorAll('.markdown font')].map((one) => getComputedStyle(one).color)`,
  );
  expect(shades[0]).toBe('rgb(255, 0, 0)');
  expect(shades[1]).not.toBe(shades[0]);
  expect(await page.locator('.markdown ol').getAttribute('start')).toBe('3');
  expect(await page.locator('.markdown ul li').allTextContents()).toEqual(['☑ done', '☐ open']);
});

test('older messages that failed to load are requested again', { timeout: 60_000 }, async (context) => {
  needsBrowser(context);
  await Promise.all(
    Array.from({ length: 130 }, (_, i) => sent({ userIds: ['u19'], msgParam: `{"content":"number ${i}"}` })),
  );
  const session = await signIn('u19');
  const all = [...(await inboxOf(session, { limit: '100' })).messages].map(({ messageId }) => messageId);
  await markRead(session, ...all);
  const page = await opened('u19', '');
  let refused = 0;
  await page.route(/messages\?.*cursor=/, (route) => (refused++ < 2 ? route.abort() : route.continue()));
  await page.locator('.row').first().click();
  await page.locator('.message').last().waitFor();
  // A key pressed before the page has restored its position has no effect.
  await becomes(async () => {
    if (refused === 0) await page.locator('[data-scroller]').press('Home');
    return refused > 0;
  }, true);
  await page.locator('.older').waitFor({ state: 'detached' });
  expect(refused).toBeGreaterThan(2);
});
