import type { Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';

const { call, needsBrowser, opened, receipt, sent, server, signIn, inboxOf } = await pages();

const robot = 'robot-one';
const slow = { timeout: 90_000 };
const minute = 60_000;

const lines = (count: number, text = '') => Array.from({ length: count }, (_, i) => `line ${i} ${text}`).join('\n');
const notice = JSON.stringify({ content: lines(200) });
const picture = 'https://pictures.example/plan.png';

/** One red pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

type Given = { readonly msgKey?: string; readonly msgParam?: string };

/** The open conversation of a person with one message, on a clock that the test moves. */
async function reader(context: TestContext, userId: string, given: Given = {}, browser: object = {}) {
  needsBrowser(context);
  const key = await sent({ userIds: [userId], msgParam: notice, ...given });
  const page = await opened(userId, '', browser);
  await page.clock.install();
  await page.goto(`${server.url}/#${robot}`);
  await page.locator('.message').waitFor();
  let told = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/messages/read')) told++;
  });
  const state = async () => (await receipt(key)).messageReadInfoList[0]?.readStatus;
  return {
    page,
    scrollBy: (pixels: number) => page.evaluate(`document.querySelector('[data-scroller]').scrollBy(0, ${pixels})`),
    isAtEnd: () =>
      page.evaluate<boolean>(`(({ scrollTop, clientHeight, scrollHeight }) =>
        scrollTop + clientHeight >= scrollHeight - 1)(document.querySelector('[data-scroller]'))`),
    /** Waits until the message is read. */
    becomesRead: () => becomes(state, 'READ'),
    /** Lets a minute pass, and returns whether the message is unread and no read was sent for it. */
    staysUnread: async () => {
      await page.clock.runFor(minute);
      expect([told, await state()]).toEqual([0, 'UNREAD']);
    },
    manner: async () => {
      const { messages } = await inboxOf(await signIn(userId));
      const path = `/console/v1/messages/${encodeURIComponent(String(messages[0]?.messageId))}`;
      const { recipients } = ok(await call('GET', path, { headers: bearer(server.adminToken) })) as {
        recipients: { manner: string | null }[];
      };
      return recipients[0]?.manner;
    },
  };
}

/** Scrolls through a conversation, staying at each screen for some milliseconds. */
async function scrollThrough({ page, scrollBy, isAtEnd }: Awaited<ReturnType<typeof reader>>, milliseconds: number) {
  await page.clock.runFor(milliseconds);
  while (!(await isAtEnd())) {
    await scrollBy(300);
    await page.clock.runFor(milliseconds);
  }
}

test(
  'a notice of 200 lines stays unread while its first screen is in view, and is read when scrolled through',
  slow,
  async (context) => {
    const there = await reader(context, 'u01');
    await there.staysUnread();
    await scrollThrough(there, 400);
    await there.becomesRead();
    expect(await there.manner()).toBe('seen');
  },
);

test('on a phone a long notice is read when scrolled through, and not before', slow, async (context) => {
  const there = await reader(
    context,
    'u02',
    {},
    { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true },
  );
  await there.staysUnread();
  await scrollThrough(there, 400);
  await there.becomesRead();
});

test('a jump to the end, and a scroll that is too fast, leave a notice unread', slow, async (context) => {
  const there = await reader(context, 'u03');
  await there.scrollBy(100_000);
  await there.staysUnread();
  await there.scrollBy(-100_000);
  await there.page.clock.pauseAt(Date.now() + minute);
  while (!(await there.isAtEnd())) await there.scrollBy(300);
  await there.page.clock.resume();
  await there.staysUnread();
});

test('a hidden tab does not read a notice that is scrolled in it', slow, async (context) => {
  const there = await reader(context, 'u04');
  await turn(there.page, 'hidden');
  await scrollThrough(there, 400);
  await there.staysUnread();
});

/** Makes the page believe that another tab is in front. */
const turn = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`);

test('the end mark, reached by keyboard, marks a notice read', slow, async (context) => {
  const there = await reader(context, 'u05');
  const mark = there.page.getByRole('button', { name: 'End of the message. Mark as read' });
  await there.page.locator('[data-scroller]').focus();
  await there.page.keyboard.press('Tab');
  expect(await mark.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  await there.becomesRead();
  expect(await there.manner()).toBe('mark');
  // The focus does not move, so that the next message comes next.
  await there.page.locator('.meta', { hasText: 'Read' }).waitFor();
  expect(await there.page.evaluate('document.activeElement.className')).toBe('end-mark');
});

test('the end mark is labelled in Chinese, too', slow, async (context) => {
  const there = await reader(context, 'u06', {}, { locale: 'zh-CN' });
  await there.page.getByRole('button', { name: '消息结尾，标为已读' }).press('Enter');
  await there.becomesRead();
});

test('a collapsed text is unread, in view and by its end mark, until it is expanded', slow, async (context) => {
  const link = { title: 'Rules', text: lines(30, 'of the house'), picUrl: '', messageUrl: 'https://example.com/' };
  const there = await reader(context, 'u07', { msgKey: 'sampleLink', msgParam: JSON.stringify(link) });
  const unfold = there.page.getByRole('button', { name: 'Show all' });
  await unfold.waitFor();
  await there.staysUnread();
  expect(await there.page.locator('.end-mark').count()).toBe(0);
  await unfold.click();
  await scrollThrough(there, 1000);
  await there.becomesRead();
});

test('a link with a short text has nothing to expand and is read immediately', slow, async (context) => {
  const link = { title: 'Rules', text: 'of the house', picUrl: '', messageUrl: 'https://example.com/' };
  const there = await reader(context, 'u08', { msgKey: 'sampleLink', msgParam: JSON.stringify(link) });
  await there.becomesRead();
  expect(await there.page.getByRole('button', { name: 'Show all' }).count()).toBe(0);
});

for (const [outcome, userId] of [
  ['loads', 'u09'],
  ['fails', 'u10'],
] as const) {
  test(`a message with a picture is unread until the picture ${outcome}`, slow, async (context) => {
    needsBrowser(context);
    const param = JSON.stringify({ title: 'Plan', text: `the plan\n\n![plan](${picture})` });
    const key = await sent({ userIds: [userId], msgKey: 'sampleMarkdown', msgParam: param });
    const page = await opened(userId);
    const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
    await page.route(picture, async (route) => {
      await isFree;
      if (outcome === 'fails') await route.abort();
      else await route.fulfill({ body: Buffer.from(pixel, 'base64'), contentType: 'image/png' });
    });
    const state = async () => (await receipt(key)).messageReadInfoList[0]?.readStatus;
    await page.clock.install();
    await page.locator('.row').first().click();
    await page.locator('.markdown img').waitFor({ state: 'attached' });
    await page.locator('.end-mark').focus();
    await page.clock.runFor(minute);
    expect(await state()).toBe('UNREAD');
    letGo();
    await becomes(state, 'READ');
  });
}

test('content below a bar at the bottom, or below a dialog, is not in view', slow, async (context) => {
  const param = JSON.stringify({ content: lines(8) });
  const there = await reader(context, 'u11', { msgParam: param }, { viewport: { width: 1100, height: 440 } });
  const cover = (style: string) =>
    there.page.evaluate(`(document.querySelector('#cover') ?? document.body.appendChild(Object.assign(
      document.createElement('div'), { id: 'cover' }))).style.cssText = 'position: fixed; inset: auto 0 0; ${style}'`);
  await cover('height: 200px');
  await there.staysUnread();
  await cover('top: 0; height: 440px');
  await there.staysUnread();
  await cover('height: 0');
  await there.becomesRead();
});

test('a change of the width starts again, because the lines break elsewhere', slow, async (context) => {
  const words = JSON.stringify({ content: 'words that wrap '.repeat(900) });
  const there = await reader(context, 'u12', { msgParam: words });
  while (!(await there.isAtEnd())) {
    await there.page.clock.runFor(300);
    await there.scrollBy(300);
  }
  await there.page.setViewportSize({ width: 700, height: 700 });
  await there.scrollBy(100_000);
  await there.staysUnread();
});
