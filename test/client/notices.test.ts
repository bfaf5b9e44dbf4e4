import { expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';

async function scene() {
  const emulator = await startEmulator({ socket: false });
  const { fetch, credentials, url, agentId } = emulator;
  return { emulator, client: createClient({ endpoint: url, fetch, agentId, ...credentials }) };
}

test('a work notice is sent, queried and recalled', async () => {
  const { emulator, client } = await scene();
  const [first = '', second = ''] = emulator.userIds;
  const { taskId, sentAt } = await client.notices.send({ to: [first, second, first, 'nobody'], text: 'Disk full' });
  expect(sentAt).toBeGreaterThan(0);
  await expect.poll(() => client.notices.progress(taskId)).toEqual({ percent: 100, status: 'done' });
  await emulator.readWorkNotice(taskId, [second]);
  expect(await client.notices.result(taskId)).toEqual({
    read: [second],
    unread: [first],
    failed: [],
    forbidden: [],
    invalid: ['nobody'],
    invalidDepartments: [],
  });
  await client.notices.recall(taskId);
  await client.notices.recall(taskId);
  expect((await emulator.workNotice(taskId)).recalledAt).toEqual(expect.any(Number));
  await emulator.close();
});

test('a work notice goes to departments or to everybody, and the same text once a day', async () => {
  const { emulator, client } = await scene();
  const markdown = { title: 'Alarm', text: '**Disk** full' };
  const one = await client.notices.send({ departments: [200, 999], markdown });
  await emulator.waitForWorkNotice({ text: 'Disk' });
  await expect.poll(() => client.notices.progress(one.taskId)).toMatchObject({ status: 'done' });
  const result = await client.notices.result(one.taskId);
  expect([result.unread.length, result.invalidDepartments]).toEqual([8, [999]]);
  const [receiver = ''] = result.unread;
  const all = await client.notices.send({ toAll: true, markdown });
  await expect.poll(() => client.notices.progress(all.taskId)).toMatchObject({ status: 'done' });
  const { forbidden, unread } = await client.notices.result(all.taskId);
  expect(forbidden).toHaveLength(8);
  expect(forbidden).toContainEqual({ userId: receiver, code: '143106', limit: 1 });
  expect(unread).toHaveLength(emulator.userIds.length - 8);
  await emulator.close();
});

test('any message type can be sent, and a repeat with the same key sends nothing again', async () => {
  const { emulator, client } = await scene();
  const [to = ''] = emulator.userIds;
  const link = { messageUrl: 'https://example.com', picUrl: '@p', title: 'Report', text: 'of today' };
  const notice = { to, msg: { msgtype: 'link', link }, idempotencyKey: '报告' } as const;
  const sent = await client.notices.send(notice);
  expect((await client.notices.send(notice)).taskId).toBe(sent.taskId);
  expect(await emulator.workNotices()).toHaveLength(1);
  expect(await emulator.workNotices()).toMatchObject([{ msgtype: 'link' }]);
  await emulator.close();
});

test('an error has the errcode of the server as its code', async () => {
  const { emulator, client } = await scene();
  const [to = ''] = emulator.userIds;
  await expect(client.notices.send({ to, text: 'x', agentId: 7 })).rejects.toMatchObject({ code: '40056' });
  await expect(client.notices.send({ to, msg: { msgtype: 'fax' } })).rejects.toMatchObject({ code: '40008' });
  await expect(client.notices.result(7)).rejects.toMatchObject({ code: '40035' });
  await expect(client.notices.recall(7)).rejects.toMatchObject({ code: '400002' });
  await emulator.close();
});

test('wrong options are refused before a request is sent', async () => {
  const { emulator, client } = await scene();
  const send = (options: object) => client.notices.send({ to: 'a', text: 'x', ...options });
  await expect(send({ to: [] })).rejects.toThrow('notices.send: give at least one user in to');
  await expect(send({ to: 'a,b' })).rejects.toThrow('has a comma');
  await expect(send({ departments: [0] })).rejects.toThrow('notices.send: departments must be a department number');
  await expect(send({ text: undefined })).rejects.toThrow('none was given');
  await expect(send({ msg: { msgtype: 'text' } })).rejects.toThrow('more than one was given');
  await expect(send({ text: undefined, msg: {} })).rejects.toThrow('notices.send: msg.msgtype must be a string');
  await expect(send({ text: undefined, markdown: { title: 't' } })).rejects.toThrow('markdown.text must be a string');
  await expect(send({ toall: true })).rejects.toThrow('toall');
  const { fetch, credentials, url } = emulator;
  const bare = createClient({ endpoint: url, fetch, ...credentials });
  await expect(bare.notices.send({ to: 'a', text: 'x' })).rejects.toThrow('agentId is missing');
  await expect(bare.notices.recall('7' as unknown as number)).rejects.toThrow(
    'notices.recall: taskId must be a number',
  );
  expect(await emulator.requests()).toEqual([]);
  await emulator.close();
});
