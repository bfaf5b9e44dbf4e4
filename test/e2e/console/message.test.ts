/** The page of one message. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { emulate, needsBrowser, sent } = suite;
const { operator } = desk(suite);
const slow = { timeout: 90_000 };

const lines = Array.from({ length: 40 }, (_, index) => `line ${index} of a long notice`).join('\\n');

async function open(page: Page, text: string) {
  await page.getByRole('link', { name: text }).first().click();
  await page.locator('.facts').waitFor();
}

test('a message shows its content first, as recipients see it, below a short heading', slow, async (context) => {
  needsBrowser(context);
  await sent({ msgKey: 'sampleMarkdown', msgParam: '{"title":"Plan","text":"## The plan\\n* <b onclick=x>one</b>"}' });
  await sent({ msgParam: `{"content":"${lines}"}` });
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  await open(page, 'Plan');
  const content = page.getByRole('region', { name: 'Content' });
  expect(await content.locator('.markdown :is(h3, h4)').textContent()).toBe('The plan');
  expect(await content.locator('[onclick]').count()).toBe(0);
  const tops = await page.evaluate<readonly number[]>(
    `['.as-inbox', '.facts', '.rows', '.plot'].map((one) => document.querySelector(one).getBoundingClientRect().top)`,
  );
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));
  await page.goBack();
  await open(page, 'line 0 of a long notice');
  expect(String(await page.locator('.head h1').textContent()).length).toBeLessThan(70);
  await page.getByRole('button', { name: 'Show all' }).click();
  expect(await content.textContent()).toContain('line 39 of a long notice');
  expect(await page.evaluate<number>(`document.querySelector('.as-inbox').offsetHeight`)).toBeGreaterThan(600);
  await page.getByText('msgParam').click();
  await page.locator('pre', { hasText: '"content"' }).waitFor();
  // The policy of the page refuses the handler a second time.
  expect(complaints.filter((line) => !line.startsWith('Executing inline event handler'))).toEqual([]);
});

test('an unread recipient shows since when, and the list can be filtered by unread', slow, async (context) => {
  needsBrowser(context);
  const key = await sent({ userIds: ['alice', 'bob', 'carol'], msgParam: '{"content":"three people"}' });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  const { page } = await operator('/messages?corpId=corp-one');
  await open(page, 'three people');
  const names = () => page.locator('.list-row small').allTextContents();
  await page.locator('tr', { hasText: 'alice' }).getByText('waiting since').waitFor();
  expect(await page.locator('tr', { hasText: 'bob' }).getByText('waiting since').count()).toBe(0);
  await page.getByText('Unread 2', { exact: true }).click();
  await becomes(names, ['alice', 'carol']);
  expect(new URL(page.url()).searchParams.get('state')).toBe('unread');
  await page.reload();
  await becomes(names, ['alice', 'carol']);
  await page.goBack();
  await becomes(names, ['alice', 'bob', 'carol']);
  await page.getByRole('button', { name: 'Recall' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Recall' }).click();
  await page.getByText('Unread when recalled 2', { exact: true }).click();
  await becomes(names, ['alice', 'carol']);
});
