import { expect, test } from 'vitest';
import { noticeWorld } from '../../conformance/support/notices.ts';
import { agentIds } from '../../conformance/support/setup.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';

const suite = await pages();
const { needsBrowser, opened } = suite;
const { arrived, ask, answer, resultOf } = noticeWorld(suite.server);

const slow = { timeout: 90_000 };

test('the work notices of an app are one conversation, and are read once they were seen', slow, async (context) => {
  needsBrowser(context);
  const oa = {
    message_url: 'https://example.com/approval',
    head: { bgcolor: 'FFBBBBBB', text: '' },
    body: { title: 'Leave request', form: [{ key: 'Days: ', value: '3' }], author: 'Ann' },
    status_bar: { status_value: 'Waiting' },
  };
  const text = { msgtype: 'text', text: { content: 'Disk full, see https://example.com/d' } };
  const first = await arrived({ userid_list: 'u01', msg: { msgtype: 'oa', oa } });
  const second = await arrived({ userid_list: 'u01', msg: text });
  const page = await opened('u01', `notice:${agentIds['app-one']}`);
  await page.locator('.thread', { hasText: 'Disk full' }).waitFor();
  const thread = page.locator('.thread');
  expect(await page.locator('.row', { hasText: '工作通知' }).count()).toBe(1);
  for (const shown of ['Leave request', 'Waiting', 'Days: 3', 'Ann'])
    expect(await thread.textContent()).toContain(shown);
  expect(await thread.locator('a[href="https://example.com/approval"]').count()).toBeGreaterThan(0);
  const unread = async (task: number) => (await resultOf(task)).unread_user_id_list;
  for (const task of [first, second]) await becomes(async () => JSON.stringify(await unread(task)), '[]');
  expect(await seriousFindings(page)).toEqual([]);
  await answer(ask('recall', { msg_task_id: second }));
  await becomes(async () => (await thread.textContent())?.includes('Disk full'), false);
});
