import { expect, test } from 'vitest';
import { connectClient } from '../../conformance/support/stream-client.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, server } = suite;
const { operator } = desk(suite);

test('the details of an app show its Stream connections, and hostile texts in them as text', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-next' }).click();
  await page.getByText('No client is connected in Stream mode.').waitFor();
  const topic = '<img src=x onerror=alert(1)>';
  const subscriptions = [
    { type: 'EVENT', topic: '*' },
    { type: 'CALLBACK', topic },
    { type: 'SYSTEM', topic: 'ping' },
  ];
  await connectClient(server, { appKey: 'app-next', more: { ua: '<b>bot</b>/1', subscriptions } });
  await connectClient(server, { appKey: 'app-next', more: { ua: '' } });
  await page.reload();
  const section = page.getByRole('dialog').locator('section', { hasText: 'Stream connections' });
  await becomes(() => section.locator('p').count(), 2);
  const [first, second] = await section.locator('p').allTextContents();
  expect(first).toContain('<b>bot</b>/1');
  expect(first).toContain(`Events${topic}`);
  expect(first).not.toContain('ping');
  expect(second).toContain('Unknown client');
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
