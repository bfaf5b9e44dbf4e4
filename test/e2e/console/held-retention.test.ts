import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fillWithAged } from '../../cluster/support/aged.ts';
import { startServer } from '../../conformance/support/harness.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const folder = mkdtempSync(join(tmpdir(), 'huizhi-held-'));
afterAll(() => rmSync(folder, { recursive: true }));

const day = 86_400_000;
const options = { command: 'serve', database: join(folder, 'huizhi.db'), retention: 2 * day } as const;
await (await startServer(options)).stop();
await fillWithAged(options.database, [5 * day, 6 * day, 7 * day]);
const suite = await pages({ ...options, mayFail: true });
const { operator } = desk(suite);

test('every page of the console says that retention waits, until an operator confirms the clock', {
  timeout: 60_000,
}, async (context) => {
  suite.needsBrowser(context);
  const chinese = await operator('/audit', { locale: 'zh-CN' });
  await chinese.page.getByRole('alert').filter({ hasText: '已暂停清理过期消息' }).waitFor();
  const { page, complaints } = await operator('/messages?corpId=corp-one');
  const banner = page.getByRole('alert').filter({ hasText: 'Old messages are not removed' });
  await banner.waitFor();
  expect(await banner.textContent()).toContain('about 3 of 3 messages');
  await banner.getByRole('button', { name: 'The clock is right' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await banner.count()).toBe(1);
  await banner.getByRole('button', { name: 'The clock is right' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'The clock is right' }).click();
  await becomes(() => banner.count(), 0);
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByText('retention.confirm').first().waitFor();
  // Whether the server is an emulator is requested, and answered with 404.
  expect(complaints.filter((line) => !line.includes('404'))).toEqual([]);
});
