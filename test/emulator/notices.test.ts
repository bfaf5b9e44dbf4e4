import { expect, test } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const start = (options: EmulatorOptions = {}) => startEmulator({ socket: false, ...options });

/** Sends a notice of the first app, by default a text to two users. Resolves to the number of its task. */
async function send(huizhi: Emulator, given: Fields = {}): Promise<number> {
  const { appKey, appSecret } = huizhi.credentials;
  const query = new URLSearchParams({ appkey: appKey, appsecret: appSecret });
  const { access_token } = (await (await huizhi.fetch(`/gettoken?${query}`)).json()) as { access_token: string };
  const msg = { msgtype: 'text', text: { content: 'first' } };
  const body = { agent_id: huizhi.agentId, userid_list: 'user001,user002', msg, ...given };
  const path = `/topapi/message/corpconversation/asyncsend_v2?access_token=${access_token}`;
  const headers = { 'content-type': 'application/json' };
  const reply = await huizhi.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return ((await reply.json()) as { task_id: number }).task_id;
}

test('a test waits for a work notice, lets receivers read it, and sees its result', async () => {
  await using huizhi = await start({ seed: 1 });
  const waiting = huizhi.waitForWorkNotice({ msgtype: 'text', agentId: huizhi.agentId, text: /^fir/ });
  const taskId = await send(huizhi);
  expect(await waiting).toMatchObject({ taskId, message: { content: 'first' }, status: 'done', receiverCount: 2 });
  expect(await huizhi.readWorkNotice(taskId, ['user002'])).toBe(1);
  expect(await huizhi.readWorkNotice(taskId)).toBe(1);
  const { receivers, missed } = await huizhi.workNotice(taskId);
  const readAt = huizhi.clock.now();
  expect(receivers.map((one) => [one.userId, one.readAt])).toEqual([
    ['user001', readAt],
    ['user002', readAt],
  ]);
  expect(missed).toEqual([]);
});

test('each notice is returned by one wait, and none by a wait whose filter does not match', async () => {
  await using huizhi = await start();
  const first = await send(huizhi);
  const second = await send(huizhi);
  expect((await huizhi.waitForWorkNotice()).taskId).toBe(first);
  expect((await huizhi.waitForWorkNotice()).taskId).toBe(second);
  await expect(huizhi.waitForWorkNotice({ text: 'first' }, { timeout: 1 })).rejects.toMatchObject({
    code: 'huizhi.timeout',
  });
  const { missed } = await huizhi.workNotice(second);
  expect(missed.map(({ userId, reason }) => [userId, reason])).toEqual([
    ['user001', 'repeated'],
    ['user002', 'repeated'],
  ]);
  await expect(huizhi.readWorkNotice(second, ['user001'])).rejects.toMatchObject({ code: 'huizhi.notFound' });
  expect((await huizhi.workNotices()).map(({ taskId }) => taskId)).toEqual([second, first]);
});

test('a snapshot contains notices with their results and limits, and a reset removes them', async () => {
  await using huizhi = await start();
  const taskId = await send(huizhi);
  await huizhi.readWorkNotice(taskId, ['user001']);
  const result = await huizhi.workNotice(taskId);
  const snapshot = await huizhi.snapshot();
  await using other = await start();
  await other.restore(snapshot);
  expect(await other.workNotice(taskId)).toEqual(result);
  expect((await other.workNotice(await send(other))).missed).toHaveLength(2);
  await huizhi.reset();
  expect(await huizhi.workNotices()).toEqual([]);
  await expect(huizhi.workNotice(taskId)).rejects.toMatchObject({ code: 'huizhi.notFound' });
  expect((await huizhi.workNotice(await send(huizhi))).missed).toEqual([]);
});
