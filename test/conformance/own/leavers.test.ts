import { expect, test } from 'vitest';
import type {
  ConsoleMessageDetail,
  ConsoleMessagesAnswer,
  ConsoleUnreadAnswer,
} from '../../../src/wire/own/console-messages.ts';
import { testServer } from '../support/harness.ts';
import { bearer, ok, statusPath, tokenHeader, world } from '../support/world.ts';

/** A message to alice, bob and u01, in which `gone` leaves after `readers` have read. */
async function scene(readers: readonly string[], gone: readonly string[]) {
  const server = await testServer();
  const w = world(server);
  await w.freeze(Date.UTC(2026, 0, 1));
  const key = await w.sent({ userIds: ['alice', 'bob', 'u01'] });
  if (readers.length > 0) await w.emulate('POST', 'reads', { processQueryKey: key, userIds: readers });
  const headers = bearer(server.adminToken);
  const query = { corpId: 'corp-one' };
  const get = (path: string, more = {}) =>
    server.call('GET', `/console/v1/${path}`, { query: { ...query, ...more }, headers });
  const leave = async (userId: string) =>
    ok(await server.call('DELETE', `/console/v1/users/${userId}`, { query, headers }));
  const restore = async (userId: string) =>
    ok(await server.call('POST', `/console/v1/users/${userId}/restore`, { query, headers, body: {} }));
  for (const userId of gone) await leave(userId);
  const list = async (more = {}) => (ok(await get('messages', more)) as ConsoleMessagesAnswer).messages;
  const [{ messageId } = { messageId: '' }] = await list();
  return {
    ...w,
    key,
    leave,
    restore,
    list,
    unread: async () => (ok(await get('unread')) as ConsoleUnreadAnswer).unread,
    detail: async () =>
      ok(await server.call('GET', `/console/v1/messages/${messageId}`, { headers })) as ConsoleMessageDetail,
    csv: async () => (await server.call('GET', `/console/v1/messages/${messageId}/recipients.csv`, { headers })).text,
    asked: async (headers: Readonly<Record<string, string>> = {}) => {
      const query = { robotCode: 'robot-one', processQueryKey: key };
      return server.call('GET', statusPath, { query, headers: { [tokenHeader]: await w.tokenOf(), ...headers } });
    },
  };
}

test('people who have left are no part of what a message waits for, and are shown apart', async () => {
  const there = await scene(['alice'], ['bob']);
  const counts = { recipientCount: 3, readCount: 1, presentCount: 2, presentReadCount: 1, leftCount: 1 };
  expect(await there.list()).toMatchObject([counts]);
  const leftAt = Date.UTC(2026, 0, 1);
  expect(await there.detail()).toMatchObject({
    ...counts,
    recipients: [
      { userId: 'alice', leftAt: null },
      { userId: 'bob', readAt: null, leftAt },
      { userId: 'u01', readAt: null, leftAt: null },
    ],
  });
});

test('a reader who has left counts neither as a recipient nor as a reader who is still there', async () => {
  const there = await scene(['alice', 'bob'], ['bob']);
  const detail = await there.detail();
  expect(detail).toMatchObject({ presentCount: 2, presentReadCount: 1, leftCount: 1, readCount: 2 });
  expect(detail.readCurve.at(-1)?.reads).toBe(2);
});

test('nobody who has left is listed as unread', async () => {
  const there = await scene(['alice'], ['bob']);
  expect((await there.unread()).map(({ userId }) => userId)).toEqual(['u01']);
  await there.leave('u01');
  expect(await there.unread()).toEqual([]);
});

test('a message counts as read by all once everyone who is still there has read', async () => {
  const there = await scene(['alice', 'u01'], ['bob']);
  expect(await there.list({ read: 'all' })).toHaveLength(1);
  expect(await there.list({ read: 'some-unread' })).toEqual([]);
});

test('a message whose recipients have all left has nobody to wait for', async () => {
  const there = await scene([], ['alice', 'bob', 'u01']);
  expect(await there.list({ read: 'all' })).toMatchObject([{ presentCount: 0, presentReadCount: 0, leftCount: 3 }]);
  expect(await there.unread()).toEqual([]);
});

test('the CSV of recipients has a status and a column of its own for people who have left', async () => {
  const there = await scene(['alice', 'bob'], ['bob', 'u01']);
  const lines = (await there.csv()).replace('\ufeff', '').trimEnd().split('\r\n');
  const at = '2026-01-01T00:00:00.000Z';
  expect(lines[0]).toBe('userId,name,status,sentAt,readAt,seconds,manner,leftAt');
  expect(lines.slice(1).map((line) => line.split(',').slice(2))).toEqual([
    ['READ', at, at, '0', 'seen', ''],
    ['LEFT', at, at, '0', 'seen', at],
    ['LEFT', at, '', '', '', at],
  ]);
});

test('readStatus keeps its list and says in a header how many unread recipients have left', async () => {
  const there = await scene(['alice'], []);
  const before = await there.asked();
  expect(before.headers['x-huizhi-left']).toBeUndefined();
  // From the third request on, the response comes from memory.
  const expectLeft = async (left: string | undefined) => {
    for (const look of [1, 2, 3]) {
      const after = await there.asked();
      expect([look, after.headers['x-huizhi-left'], after.text]).toEqual([look, left, before.text]);
    }
  };
  await expectLeft(undefined);
  await there.leave('bob');
  await expectLeft('1');
  await there.leave('alice');
  await expectLeft('1');
  await there.restore('bob');
  await expectLeft(undefined);
});

test('a page of another origin may read the header', async () => {
  const there = await scene([], ['bob']);
  const { headers } = await there.asked({ origin: 'https://elsewhere.example' });
  expect(headers['access-control-expose-headers']).toBe('x-acs-request-id, retry-after, x-huizhi-time, x-huizhi-left');
});
