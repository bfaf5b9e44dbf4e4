/** State of the console's lists in the address: restored by Back, by a reload, and by a link. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, sent } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 120_000 };

for (let i = 0; i < 450; i += 50) {
  await Promise.all(
    Array.from({ length: 50 }, (_, j) => {
      return sent({ userIds: [(i + j) % 2 === 0 ? 'alice' : 'bob'], msgParam: `{"content":"number ${i + j}"}` });
    }),
  );
}

const total = (page: Page) => page.locator('.list-total').textContent();
const at = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
const scrolled = (page: Page) => page.evaluate<number>('Math.round(scrollY)');
/** The texts of the rows that are in view. */
const inView = (page: Page) =>
  page.evaluate<readonly string[]>(`[...document.querySelectorAll('.list-row')].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return top >= 60 && bottom <= innerHeight;
  }).map((row) => row.textContent)`);

test('Back from a row restores the rows and the scroll position, and so does a reload', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  await becomes(() => total(page), '100 of 450 rows');
  for (const rows of [200, 300, 400]) {
    await page.getByRole('button', { name: 'Load more' }).click();
    await becomes(() => total(page), `${rows} of 450 rows`);
  }
  await page.locator('.list-row').last().scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, -2000);
  await becomes(async () => (await inView(page)).length > 3, true);
  const link = page.locator('.list-row a').nth(-30);
  await link.scrollIntoViewIfNeeded();
  // Rows that are rendered only now may still move the others.
  let before = '';
  const isSettled = async () => {
    const now = JSON.stringify([await scrolled(page), await inView(page)]);
    const isSame = now === before;
    before = now;
    return isSame;
  };
  await becomes(isSettled, true);
  const [place, rows] = [await scrolled(page), await inView(page)];
  expect(place).toBeGreaterThan(10_000);
  await link.click();
  await page.locator('.facts').waitFor();
  await becomes(() => scrolled(page), 0);
  await page.goBack();
  await becomes(() => total(page), '400 of 450 rows');
  await becomes(() => inView(page), rows);
  await becomes(() => scrolled(page), place);
  await page.reload();
  await becomes(() => inView(page), rows);
  expect(complaints).toEqual([]);
});

test('a list renders the rows near the view, and has the total for a screen reader', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one&rows=450');
  await becomes(() => total(page), '450 rows');
  expect(await page.locator('.list-row').count()).toBeLessThan(100);
  expect(await page.locator('table.rows').getAttribute('aria-rowcount')).toBe('451');
  await page.keyboard.press('End');
  await becomes(async () => page.locator('.list-row').last().getAttribute('aria-rowindex'), '451');
  expect(await page.locator('.list-row').count()).toBeLessThan(150);
});

test('every change of a filter is a history entry, and typing makes one entry', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  await becomes(() => total(page), '100 of 450 rows');
  await choose(page, 'Status', 'Delivered');
  await becomes(async () => at(page, 'status'), 'success');
  await page.getByRole('textbox', { name: 'Search in texts' }).pressSequentially('number 44', { delay: 5 });
  await becomes(async () => at(page, 'text'), 'number 44');
  await becomes(() => total(page), '11 rows');
  await page.locator('.list-row a').first().click();
  await page.locator('.facts').waitFor();
  await page.getByRole('link', { name: 'All messages' }).click();
  await becomes(() => total(page), '11 rows');
  expect([at(page, 'status'), at(page, 'text')]).toEqual(['success', 'number 44']);
  expect(await page.getByRole('textbox', { name: 'Search in texts' }).inputValue()).toBe('number 44');
  await page.goBack();
  await becomes(async () => [at(page, 'status'), at(page, 'text')], ['success', null]);
  await becomes(() => page.getByRole('textbox', { name: 'Search in texts' }).inputValue(), '');
  await page.goBack();
  await becomes(async () => at(page, 'status'), null);
  await becomes(() => total(page), '100 of 450 rows');
  await page.goForward();
  await page.goForward();
  await becomes(() => total(page), '11 rows');
});

test('a recipient is found by name on the server, chosen, and shown by name after a reload', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  await page.getByRole('combobox', { name: 'Recipient' }).click();
  await page.keyboard.type('name of bo');
  const options = page.locator('.choices:not(.ant-select-dropdown-hidden) .choice');
  await becomes(() => options.allTextContents(), ['Name of bobbob']);
  await page.keyboard.press('Enter');
  await becomes(async () => at(page, 'userId'), 'bob');
  await becomes(() => total(page), '100 of 225 rows');
  await page.reload();
  await page.locator('.filters', { hasText: 'Name of bob' }).waitFor();
  await becomes(() => total(page), '100 of 225 rows');
});

const drawers = [
  ['/apps', 'Manage app-one', 'app-one'],
  ['/robots', 'Manage Name of robot-one', 'robot-one'],
  ['/requests', /batchSend/, undefined],
] as const;

test.for(drawers)(
  'a drawer of %s is in the address: Back closes it, and a link opens it',
  slow,
  async (one, context) => {
    needsBrowser(context);
    const [path, name, code] = one;
    const { page, complaints } = await operator('/audit');
    await goTo(page, path);
    const drawer = page.getByRole('dialog');
    await page.getByRole('button', { name }).first().click();
    await drawer.waitFor();
    const opened = at(page, 'open');
    expect(opened).toBe(code ?? opened);
    const url = page.url();
    await page.goBack();
    await drawer.waitFor({ state: 'hidden' });
    expect(new URL(page.url()).pathname).toBe(`/console${path}`);
    await page.goto(url);
    await drawer.waitFor();
    await drawer.getByRole('button', { name: 'Close' }).click();
    await drawer.waitFor({ state: 'hidden' });
    expect(at(page, 'open')).toBeNull();
    expect(complaints).toEqual([]);
  },
);

test('a link to a missing item shows a message next to the list', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/apps?open=no-such-app');
  await page.getByRole('alert').filter({ hasText: 'Not found' }).waitFor();
  await becomes(() => total(page), '6 rows');
});
