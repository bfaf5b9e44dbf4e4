import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';

const { call, inboxOf, markRead, needsBrowser, opened, recall, sent, server, signIn } = await pages();

const slow = { timeout: 120_000 };
const say = (userId: string, content: string, over: object = {}) =>
  sent({ userIds: [userId], msgParam: JSON.stringify({ content }), ...over });
const box = (page: Page) => page.getByRole('textbox', { name: 'Search messages' });
const marks = (page: Page) => page.locator('.result mark').allTextContents();

test('results show excerpts with the matches highlighted, and nothing in them is HTML', slow, async (context) => {
  needsBrowser(context);
  await say('u01', `${'far '.repeat(100)}<img src=x onerror="document.title='owned'"> NEEDLE ${'away '.repeat(100)}`);
  const page = await opened('u01');
  await box(page).fill('needle');
  await becomes(() => marks(page), ['NEEDLE']);
  expect(await page.locator('.result .excerpt').textContent()).toMatch(/^….*'owned'"> NEEDLE away .*…$/);
  expect(await page.locator('.result img').count()).toBe(0);
  expect(await page.locator('.search-progress').textContent()).toBe('1 message. All messages were searched.');
  expect(await seriousFindings(page)).toEqual([]);
  await box(page).fill('no such word');
  await page.getByText('Nothing found').waitFor();
});

test('a long inbox is searched in steps, by keyboard, and a failed step can be repeated', slow, async (context) => {
  needsBrowser(context);
  await say('u02', 'the oldest needle');
  for (let i = 0; i < 1100; i += 50) await Promise.all(Array.from({ length: 50 }, () => say('u02', 'hay')));
  const page = await opened('u02');
  const keys = keyboard(page);
  await box(page).fill('needle');
  const more = page.getByRole('button', { name: 'Search older messages' });
  await more.waitFor();
  expect(await page.locator('.search-progress').textContent()).toContain('0 messages. Searched back to Today.');
  expect(await page.getByText('Nothing found').count()).toBe(0);
  await page.route('**/messages/search?**', (route) => route.abort());
  await keys.goTo('Search older messages');
  await keys.press('Enter');
  await page.getByText('The search failed').waitFor();
  expect(await page.locator('.search-progress').textContent()).toContain('Searched back to Today.');
  await page.unroute('**/messages/search?**');
  await becomes(keys.name, 'Try again');
  await keys.press('Enter');
  await becomes(() => marks(page), ['needle']);
  await becomes(keys.name, '1 message. All messages were searched.');
});

test('results are updated by arrivals and recalls', slow, async (context) => {
  needsBrowser(context);
  const key = await say('u03', 'first needle');
  const page = await opened('u03');
  await box(page).fill('needle');
  await becomes(() => page.locator('.excerpt').allTextContents(), ['first needle']);
  await say('u03', 'second needle');
  await becomes(() => page.locator('.excerpt').allTextContents(), ['second needle', 'first needle']);
  await recall({ processQueryKeys: [key] });
  await becomes(() => page.locator('.excerpt').allTextContents(), ['second needle']);
});

test('a message of an uninstalled robot is opened from the results', slow, async (context) => {
  needsBrowser(context);
  await say('u04', 'an old needle', { robotCode: 'robot-more' });
  const session = await signIn('u04');
  await markRead(session, ...(await inboxOf(session)).messages.map(({ messageId }) => messageId));
  for (let i = 0; i < 275; i += 55) await Promise.all(Array.from({ length: 55 }, () => say('u04', 'hay')));
  const headers = bearer(server.adminToken);
  const path = '/console/v1/robots/robot-more/installations/corp-one';
  ok(await call('PUT', path, { body: { installed: false }, headers }));
  const page = await opened('u04');
  expect(await page.locator('.row', { hasText: 'robot-more' }).count()).toBe(0);
  await box(page).fill('old needle');
  await page.locator('.result').click();
  await page.locator('.is-target', { hasText: 'an old needle' }).waitFor();
});

test('excerpts from right to left have their own direction', slow, async (context) => {
  needsBrowser(context);
  await say('u05', 'الاجتماع في 10:30 (قاعة B2).');
  const page = await opened('u05');
  await box(page).fill('قاعة');
  await becomes(() => marks(page), ['قاعة']);
  expect(await page.evaluate("getComputedStyle(document.querySelector('.excerpt')).direction")).toBe('rtl');
});
