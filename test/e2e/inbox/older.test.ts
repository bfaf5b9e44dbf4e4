import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { between } from '../support/between.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';

const { needsBrowser, sent, server, signIn, visitor } = await pages();

const slow = { timeout: 90_000 };
/** The requests of an inbox when the conversation is scrolled up; other robots are requested as it opens. */
const olderPages = '**/inbox/v1/messages?*conversationId=robot%3Arobot-one&cursor=*';

async function sentMany(userId: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await sent({ userIds: [userId], msgParam: `{"content":"number ${i}"}` });
}

const toTop = (page: Page) => page.evaluate("document.querySelector('.scroller').scrollTop = 0");

/** What is rendered in view; nothing before it is rendered. */
const inView = `[...document.querySelectorAll('.bubble')].filter((one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return bottom > 80 && top < innerHeight;
}).map((one) => one.textContent)`;

/** Scrolls from the newest message up to the first one; returns those that were never seen on the way. */
async function missedOnTheWayUp(page: Page, count: number): Promise<readonly string[]> {
  const missed = new Set(Array.from({ length: count }, (_, i) => `number ${i}`));
  await becomes(async () => {
    await page.evaluate("document.querySelector('.scroller').scrollTop = 1e9");
    return (await page.evaluate<string[]>(inView)).includes(`number ${count - 1}`);
  }, true);
  while (missed.has('number 0')) {
    await becomes(async () => (await page.evaluate<string[]>(inView)).length > 0, true);
    for (const text of await page.evaluate<string[]>(inView)) missed.delete(text);
    // Less than a window, so that each message is in view at least once.
    await page.evaluate("document.querySelector('.scroller').scrollTop -= 200");
  }
  return [...missed];
}

test('a page of older messages that arrives after the inbox was reloaded leaves no gap', slow, async (context) => {
  needsBrowser(context);
  await sentMany('u18', 310);
  const { url, fates, cut } = await between(server.url);
  const browser = await visitor();
  await browser.addCookies([inboxSession(await signIn('u18'), url)]);
  const page = await browser.newPage();
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  let older = 0;
  await page.route(olderPages, async (route) => {
    older += 1;
    if (older !== 2) return route.continue();
    const response = await route.fetch();
    await isFree;
    return route.fulfill({ response });
  });
  await page.goto(`${url}/#robot-one`);
  await page.locator('.message').first().waitFor();
  await becomes(async () => {
    await toTop(page);
    return older;
  }, 2);
  // The stream breaks off, and the proxy answers with an error: the inbox is reloaded.
  fates.set('/inbox/v1/events', 'refused');
  const again = page.waitForResponse((response) => response.url() === `${url}/inbox/v1/messages?limit=100`);
  cut('/inbox/v1/events');
  await (await again).finished();
  await becomes(() => page.locator('.banner').count(), 0);
  letGo();
  expect(await missedOnTheWayUp(page, 310)).toEqual([]);
});
