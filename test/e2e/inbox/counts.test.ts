import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, inboxSession, pages } from '../support/harness.ts';

const { needsBrowser, sent, server, signIn, visitor } = await pages();

const slow = { timeout: 60_000 };

/**
 * An inbox that requests the unread counts a second time, because a message arrived while it was loading. The answer
 * has the state of the request, and arrives when it is released.
 */
async function askingAgain(userId: string): Promise<{ page: Page; asked: () => number; letGo: () => void }> {
  const browser = await visitor();
  await browser.addCookies([inboxSession(await signIn(userId), server.url)]);
  const page = await browser.newPage();
  const { promise: isCounted, resolve: counted } = Promise.withResolvers<void>();
  const { promise: hasArrived, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  let asked = 0;
  await page.route('**/inbox/v1/messages?*', async (route) => {
    await hasArrived;
    await route.continue();
  });
  await page.route('**/inbox/v1/conversations', async (route) => {
    asked += 1;
    const number = asked;
    const response = await route.fetch();
    counted();
    if (number === 2) {
      held();
      await isFree;
    }
    await route.fulfill({ response });
  });
  await page.goto(`${server.url}/#robot-more`);
  await isCounted;
  await sent({ userIds: [userId], msgParam: '{"content":"the first"}' });
  arrived();
  await isHeld;
  return { page, asked: () => asked, letGo };
}

const rowOf = (page: Page) => page.locator('.row', { hasText: 'Name of robot-one' });

test('a message that arrives while the counts are requested is counted once', slow, async (context) => {
  needsBrowser(context);
  const { page, letGo } = await askingAgain('u13');
  await sent({ userIds: ['u13'], msgParam: '{"content":"the second"}' });
  await rowOf(page).filter({ hasText: 'the second' }).waitFor();
  letGo();
  await becomes(() => rowOf(page).locator('.badge [aria-hidden]').textContent(), '2');
});

test('a robot that is muted while the counts are requested is shown as muted', slow, async (context) => {
  needsBrowser(context);
  const { page, asked, letGo } = await askingAgain('u14');
  await page.getByRole('button', { name: 'Mute', exact: true }).click();
  await page.getByText('You have muted this robot').waitFor();
  const before = asked();
  letGo();
  await becomes(async () => asked() > before, true);
  await rowOf(page).locator('.badge').waitFor();
  expect(await page.getByText('You have muted this robot').count()).toBe(1);
});
