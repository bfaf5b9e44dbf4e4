/** The counts of the overview, and how it marks numbers that may still change. */
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { advance, emulate, needsBrowser, sent } = suite;
const { operator } = desk(suite);
const slow = { timeout: 90_000 };

test('24 hours are 24 buckets, and a number of days has that many', slow, async (context) => {
  needsBrowser(context);
  await sent();
  const { page } = await operator('/audit?corpId=corp-one');
  for (const [days, bucket, count] of [
    ['1', 'hour', 24],
    ['7', 'day', 7],
    ['30', 'day', 30],
    ['90', 'day', 90],
  ] as const) {
    const answer = page.waitForResponse(/\/console\/v1\/statistics/);
    await page.goto(`${suite.server.url}/console?corpId=corp-one&days=${days}`);
    const { buckets, ...rest } = await (await answer).json();
    expect([rest.bucket, buckets.length, buckets.at(-1).sends]).toEqual([bucket, count, 1]);
  }
});

test('the newest numbers are marked as not final', slow, async (context) => {
  needsBrowser(context);
  const old = await sent({ userIds: ['alice', 'bob'] });
  await advance('5m');
  await emulate('POST', 'reads', { processQueryKey: old });
  await advance('3d');
  await sent({ userIds: ['alice', 'bob'] });
  const { page } = await operator('/?corpId=corp-one');
  const plot = page.getByRole('img', { name: /Plot over time/ });
  expect(await plot.getAttribute('aria-label')).toMatch(/Messages sent since .* are still being read/);
  await page.locator('.note', { hasText: 'are still being read' }).waitFor();
  const names = await plot.locator('.u-legend th').allTextContents();
  expect(names).toEqual(expect.arrayContaining(['Read', 'Read so far', 'Read rate', 'Read rate so far']));
  await page.getByText('Show as a table').first().click();
  const rows = page.locator('details[open] tbody th');
  await becomes(
    async () => (await rows.allTextContents()).map((text) => text.includes('still being read')),
    [false, true],
  );
});
