import { expect, test } from 'vitest';
import { testServer } from '../support/harness.ts';
import { refusal, world } from '../support/world.ts';

test.each([
  ['seconds', (now: number) => ({ readTimestamp: Math.floor(now / 1000) })],
  ['milliseconds', (now: number) => ({ readTimestamp: now })],
  ['off', () => ({})],
] as const)('with --read-timestamp %s a READ item has the time in that form', async (readTimestamp, expected) => {
  const { emulate, freeze, receipt, sent } = world(await testServer({ readTimestamp }));
  const now = await freeze();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['alice'] });
  expect((await receipt(key)).messageReadInfoList).toEqual([
    { name: 'Name of alice', userId: 'alice', readStatus: 'READ', ...expected(now) },
    { name: 'Name of bob', userId: 'bob', readStatus: 'UNREAD' },
  ]);
});

test('--read-window moves the end of readStatus, and not that of recall', async () => {
  const { advance, freeze, recall, receipt, sent, status } = world(await testServer({ readWindow: 5000 }));
  await freeze();
  const key = await sent();
  await advance('5s');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  await advance('1ms');
  const late = await status({ robotCode: 'robot-one', processQueryKey: key });
  expect(refusal(late)).toEqual([400, 'processQueryKey.expireTime']);
  expect((await recall({ processQueryKeys: [key] })).body).toEqual({ successResult: [key], failedResult: {} });
});

test('with a longer --read-window receipts are available after 24 hours', async () => {
  const week = 7 * 24 * 3_600_000;
  const { advance, freeze, receipt, sent } = world(await testServer({ readWindow: week }));
  await freeze();
  const key = await sent();
  await advance('7d');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

test('after --retention a message is removed from inboxes and receipts', async () => {
  const hour = 3_600_000;
  const options = { readWindow: 2 * hour, retention: 2 * hour };
  const { advance, freeze, inboxOf, sent, signIn, status } = world(await testServer(options));
  await freeze();
  const key = await sent();
  const session = await signIn('alice');
  await advance('2h');
  expect((await inboxOf(session)).messages).toHaveLength(1);
  await advance('1h');
  expect((await inboxOf(session)).messages).toEqual([]);
  const late = await status({ robotCode: 'robot-one', processQueryKey: key });
  expect(refusal(late)).toEqual([400, 'processQueryKey.expireTime']);
});
