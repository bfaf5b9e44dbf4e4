import { expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';

async function scene() {
  const emulator = await startEmulator({ socket: false });
  const { fetch, robotCode, credentials, url } = emulator;
  const client = createClient({ endpoint: url, fetch, robotCode, ...credentials });
  const { openConversationId } = await emulator.createGroup({ members: 'all' });
  return { emulator, client, openConversationId };
}

async function collect<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('a message to a group is sent, its readers are listed in the order of reading, and it is recalled', async () => {
  const { emulator, client, openConversationId } = await scene();
  const { processQueryKey } = await client.sendToGroup({ openConversationId, text: 'hello' });
  await emulator.waitForMessage({ text: 'hello' });
  const [first = '', second = '', third = ''] = emulator.userIds;
  for (const userId of [third, first, second]) await emulator.read(processQueryKey, [userId]);
  const readers = await collect(client.readers({ openConversationId, processQueryKey }));
  expect(readers.map(({ userId }) => userId)).toEqual([third, first, second]);
  expect(readers.every(({ unionId }) => /^[a-z0-9]{26}$/.test(unionId ?? ''))).toBe(true);
  expect(await client.recallFromGroup(openConversationId, [processQueryKey, 'x'])).toEqual({
    recalled: [processQueryKey],
    failed: [{ processQueryKey: 'x', code: 'invalid.processQueryKey' }],
  });
  await emulator.close();
});

test('all pages of readers are queried', async () => {
  const { emulator, client } = await scene();
  const userIds = Array.from({ length: 450 }, (_, i) => `more${i}`);
  await emulator.users(userIds.map((userId) => ({ userId, name: userId })));
  const { openConversationId } = await emulator.createGroup({ members: userIds });
  const { processQueryKey } = await client.sendToGroup({ openConversationId, markdown: { title: 't', text: '# x' } });
  await emulator.read(processQueryKey, userIds);
  const readers = await collect(client.readers({ openConversationId, processQueryKey }));
  expect(readers.map(({ userId }) => userId)).toEqual(userIds);
  const queries = (await emulator.requests()).filter(({ path }) => path.endsWith('/query'));
  expect(queries).toHaveLength(3);
  await emulator.close();
});

test('a repeated send with the same key sends one message', async () => {
  const { emulator, client, openConversationId } = await scene();
  const message = { openConversationId, text: 'once', idempotencyKey: 'k' };
  const [one, two] = [await client.sendToGroup(message), await client.sendToGroup(message)];
  expect(two.processQueryKey).toBe(one.processQueryKey);
  await emulator.close();
});

test('errors of the API and wrong options are reported', async () => {
  const { emulator, client, openConversationId } = await scene();
  const send = (options: object) => client.sendToGroup({ openConversationId, text: 'x', ...options });
  await expect(send({ openConversationId: 'cidx==' })).rejects.toMatchObject({ code: 'invalid.openConversationId' });
  await expect(send({ openConversationId: '' })).rejects.toThrow('sendToGroup: openConversationId must be');
  await expect(send({ markdown: { title: 't', text: 'x' } })).rejects.toThrow('sendToGroup: give exactly one content');
  await expect(send({ to: ['a'] })).rejects.toThrow(TypeError);
  const readers = client.readers({ openConversationId, processQueryKey: 'x' });
  await expect(readers.next()).rejects.toMatchObject({ code: 'invalid.processQueryKey' });
  await expect(client.recallFromGroup(openConversationId, [])).rejects.toThrow('recallFromGroup: keys must name');
  await emulator.close();
});
