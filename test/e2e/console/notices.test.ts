/** Work notices with their results. */
import { expect, test } from 'vitest';
import { noticeSetup, noticeWorld } from '../../conformance/support/notices.ts';
import { agentIds } from '../../conformance/support/setup.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages({ setup: noticeSetup });
const { needsBrowser, server } = suite;
const { operator, goTo } = desk(suite);
const { arrived, emulate, sent, tokenOf } = noticeWorld(server);

const text = (content: string) => ({ msgtype: 'text', text: { content } });

test('the page of a notice follows its delivery, its readers and its recall', { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  await arrived({ userid_list: 'bob', msg: text('<b>Disk full</b>') });
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const token = await tokenOf('app-next');
  const body = { agent_id: agentIds['app-next'], userid_list: 'u20', msg: text('of another app') };
  const other = await sent(body, token);
  const task = await sent({ userid_list: 'alice,bob,carol,nobody', msg: text('<b>Disk full</b>') });
  const { page, complaints } = await operator('/notices?corpId=corp-one');
  const rows = page.locator('.list-row');
  await becomes(() => rows.count(), 3);
  await choose(page, 'App', 'app-one');
  await becomes(() => rows.locator('.ant-tag').allTextContents(), ['Waiting', 'Delivered']);
  await rows.first().getByRole('link', { name: '<b>Disk full</b>' }).click();
  await page.locator('.facts').getByText('0% delivered').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/console/notices/${task}`);
  const count = (name: string) => page.locator('.facts > div', { has: page.getByText(name, { exact: true }) });
  expect(await count('Not delivered yet').locator('dd').textContent()).toBe('3');
  expect(await count('Unknown users').locator('dd').textContent()).toContain('nobody');

  await page.locator('.live.on').waitFor();
  await emulate('POST', 'delivery/release');
  await emulate('PUT', 'delivery', { mode: 'instant' });
  await page.locator('.facts').getByText('Delivered', { exact: true }).waitFor();
  await page.getByText('Unread 2', { exact: true }).click();
  await becomes(() => rows.locator('small').allTextContents(), ['alice', 'carol']);
  await emulate('POST', 'workNotices/read', { corpId: 'corp-one', taskId: task, userIds: ['carol'] });
  await becomes(() => rows.locator('small').allTextContents(), ['alice']);
  expect(await page.locator('.facts .share').textContent()).toBe('1/2');
  await page.getByText('Not delivered 1', { exact: true }).click();
  await becomes(() => rows.locator('.ant-tag').allTextContents(), ['Same content again on that day']);
  await page.reload();
  await becomes(() => rows.locator('small').allTextContents(), ['bob']);
  await page.getByRole('button', { name: 'Recall' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Recall' }).click();
  await page.locator('.facts').getByText('Recalled', { exact: true }).first().waitFor();
  await becomes(() => page.getByRole('button', { name: 'Recall' }).count(), 0);

  await goTo(page, '/messages?corpId=corp-one');
  await choose(page, 'Sent to', 'Receivers of a work notice');
  await becomes(() => rows.count(), 3);
  await rows.getByRole('link', { name: 'of another app' }).click();
  await page.locator('.head h1', { hasText: 'of another app' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/console/notices/${other}`);
  await goTo(page, '/notices?corpId=corp-two');
  await page.getByText('No work notices.').waitFor();
  expect(complaints).toEqual([]);
});
