import { expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';

async function scene() {
  const emulator = await startEmulator({ socket: false });
  const { fetch, robotCode, credentials, url } = emulator;
  return { emulator, client: createClient({ endpoint: url, fetch, robotCode, ...credentials }) };
}

test('a DING is sent, read, queried and recalled', async () => {
  const { emulator, client } = await scene();
  const [first = '', second = ''] = emulator.userIds;
  const sent = await client.ding.send({ to: [first, second, first, 'nobody'], text: 'Disk full' });
  expect(sent).toEqual({
    openDingId: expect.stringMatching(/^[0-9a-f]{64}$/),
    userIds: [first, second],
    failed: [{ userId: 'nobody', reason: 'staffId.notExisted' }],
  });
  expect(await emulator.readDing(sent.openDingId, [second])).toBe(1);
  expect(await client.ding.readStatus(sent.openDingId)).toEqual([
    { userId: first, read: false },
    { userId: second, read: true },
  ]);
  await client.ding.recall(sent.openDingId);
  await client.ding.recall(sent.openDingId);
  expect((await emulator.dings()).map(({ state, content }) => [state, content])).toEqual([
    ['recalled', ''],
    ['recalled', ''],
  ]);
  await emulator.close();
});

test('SMS and calls are in the outbox of the emulator, until the quota is used up', async () => {
  const { emulator, client } = await scene();
  const [to = ''] = emulator.userIds;
  await emulator.dingQuotas({ sms: 1 });
  await client.ding.send({ to, text: 'a', channel: 'sms' });
  await expect(client.ding.send({ to, text: 'b', channel: 'sms' })).rejects.toMatchObject({
    code: 'ding.serverquota.insufficient',
  });
  await client.ding.send({ to, text: 'c', channel: 'phone', voice: 'Lovely_Girl_Voice' });
  expect(await emulator.dings({ channel: 'sms' })).toMatchObject([{ userId: to, content: 'a' }]);
  expect(await emulator.dings({ channel: 'phone' })).toMatchObject([{ callVoice: 'Lovely_Girl_Voice' }]);
  expect(await emulator.dings({ state: 'read' })).toEqual([]);
  await emulator.close();
});

test('all pages of the outbox are listed', async () => {
  const { emulator, client } = await scene();
  for (let i = 0; i < 5; i++) await client.ding.send({ to: emulator.userIds, text: String(i) });
  expect(await emulator.dings()).toHaveLength(5 * emulator.userIds.length);
  await emulator.close();
});

test('wrong options are refused before a request is sent', async () => {
  const { emulator, client } = await scene();
  const send = (options: object) => client.ding.send({ to: 'a', text: 'x', ...options });
  await expect(send({ to: [] })).rejects.toThrow('ding.send: to must name at least one user.');
  await expect(send({ to: [''] })).rejects.toThrow('ding.send: to must be');
  await expect(send({ text: 7 })).rejects.toThrow('ding.send: text must be a string');
  await expect(send({ channel: 'fax' })).rejects.toThrow("ding.send: channel must be 'app', 'sms' or 'phone'");
  await expect(send({ voice: 'x' })).rejects.toThrow("voice belongs to the channel 'phone'");
  await expect(send({ txt: 'x' })).rejects.toThrow('txt');
  await expect(client.ding.recall('')).rejects.toThrow('ding.recall: openDingId must be a non-empty string');
  expect(await emulator.requests()).toEqual([]);
  await emulator.close();
});
