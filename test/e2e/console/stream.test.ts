import { expect, test } from 'vitest';
import { connectClient } from '../../conformance/support/stream-client.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
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

test('the events of an app are chosen in its details', { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-next' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Reads (robot_msg_read)' }).click();
  await dialog.getByText('0 to be sent again, 0 failed').waitFor();
  await page.reload();
  const isChecked = (name: string) => dialog.getByRole('checkbox', { name }).isChecked();
  await dialog.getByText('0 to be sent again, 0 failed').waitFor();
  expect([await isChecked('Reads'), await isChecked('Recalls')]).toEqual([true, false]);
  const headers = bearer(server.adminToken);
  const { types } = ok(await server.call('GET', '/console/v1/apps/app-next/events/corp-one', { headers }));
  expect(types).toEqual(['robot_msg_read']);
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
