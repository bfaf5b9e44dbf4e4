import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';

const { needsBrowser, opened, sent } = await pages();

test('title, row and button show one number, and the divider is at the first unread message', {
  timeout: 120_000,
}, async (context) => {
  needsBrowser(context);
  for (let i = 0; i < 260; i++) await sent({ userIds: ['u01'], msgParam: `{"content":"number ${i}"}` });
  const page = await opened('u01');
  await becomes(() => page.title(), '(260) Inbox · huizhi');
  expect(await page.locator('.badge [aria-hidden]').textContent()).toBe('260');
  const [badge, time] = await Promise.all([
    page.locator('.badge').boundingBox(),
    page.locator('.row-time').first().boundingBox(),
  ]);
  expect((badge?.x ?? 0) + (badge?.width ?? 0)).toBeCloseTo((time?.x ?? 0) + (time?.width ?? 0), 0);
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.locator('.row').first().click();
  await page.locator('li', { hasText: 'New messages' }).locator('.bubble', { hasText: 'number 0' }).waitFor();
  expect(await page.locator('.divider').count()).toBe(1);
  expect(await page.locator('.to-end').textContent()).toBe(
    `${await page.locator('.badge [aria-hidden]').textContent()} unread`,
  );
});
