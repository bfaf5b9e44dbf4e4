import { expect, test } from 'vitest';
import type { ConsoleMessagesAnswer } from '../../../src/wire/own/console-messages.ts';
import { type Fields, testServer } from '../support/harness.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

async function scene() {
  const server = await testServer();
  const w = world(server);
  const start = await w.freeze(Date.UTC(2026, 0, 1));
  const headers = bearer(server.adminToken);
  const query = { corpId: 'corp-one' };
  const ask = (method: string, path: string, body?: object, more: object = {}) =>
    server.call(method, `/console/v1/${path}`, { headers, query: { ...query, ...more }, ...(body && { body }) });
  const add = (userId: string, name: string) =>
    server.call('POST', '/console/v1/users', { headers, body: { ...query, userId, name } });
  return {
    ...w,
    headers,
    start,
    ask,
    add,
    leave: async (userId: string) => ok(await ask('DELETE', `users/${userId}`)),
    restore: (userId: string, body: object = {}) => ask('POST', `users/${userId}/restore`, body),
    former: async (more: object = {}) => ok(await ask('GET', 'formerUsers', undefined, more)),
    names: async (key: string) => (await w.receipt(key)).messageReadInfoList.map(({ name }) => name),
    audit: async () =>
      (ok(await server.call('GET', '/console/v1/audit', { headers })) as { entries: Fields[] }).entries[0],
  };
}

test('the userId of a person who has left goes to a new person with an empty inbox', async () => {
  const { sent, leave, add, signIn, inboxOf, names, ask } = await scene();
  const key = await sent();
  const before = await signIn('alice');
  await leave('alice');
  ok(await add('alice', 'Another Alice'));
  expect(await names(key)).toEqual(['Name of alice']);
  const session = await signIn('alice');
  expect(await inboxOf(session)).toMatchObject({ messages: [], unreadCount: 0 });
  const later = await sent();
  expect((await inboxOf(session)).messages).toHaveLength(1);
  expect(await names(later)).toEqual(['Another Alice']);
  expect(await names(key)).toEqual(['Name of alice']);
  const { messages } = ok(await ask('GET', 'messages', undefined, { userId: 'alice' })) as ConsoleMessagesAnswer;
  expect(messages).toHaveLength(1);
  expect(before).not.toBe(session);
});

test('a session and a sign-in code of the former person do not open the new one’s inbox', async () => {
  const { leave, add, signIn, call, server } = await scene();
  const session = await signIn('alice');
  const body = { corpId: 'corp-one', userId: 'alice' };
  const { code } = ok(await call('POST', '/console/v1/signInCodes', { body, headers: bearer(server.adminToken) }));
  await leave('alice');
  ok(await add('alice', 'Another Alice'));
  expect((await call('GET', '/inbox/v1/messages', { headers: bearer(session) })).status).toBe(401);
  expect((await call('POST', '/inbox/v1/sessions', { body: { code } })).status).toBe(401);
});

test('the new person does not inherit blocks, and blocks of the former person are not listed until a restore', async () => {
  const { leave, add, restore, ask, emulate, send } = await scene();
  const blockers = async () => (ok(await ask('GET', 'robots/robot-one/blocks')) as { users: unknown[] }).users;
  await emulate('PUT', 'robots', { robotCode: 'robot-one', blockedBy: ['alice'] });
  expect((await send()).body).toMatchObject({ filteredStaffIdList: ['alice'] });
  await leave('alice');
  ok(await add('alice', 'Another Alice'));
  expect((await send()).body).toMatchObject({ filteredStaffIdList: [] });
  expect(await emulate('PUT', 'robots', { robotCode: 'robot-one' })).toMatchObject({ blockedBy: [] });
  expect(await blockers()).toEqual([]);
  await leave('alice');
  ok(await restore('alice', { leftAt: Date.UTC(2026, 0, 1) }));
  expect((await send()).body).toMatchObject({ filteredStaffIdList: ['alice'] });
  expect(await blockers()).toHaveLength(1);
});

test('an import gives the userId of a person who has left to a new person', async () => {
  const { sent, leave, call, headers, signIn, inboxOf, names } = await scene();
  const key = await sent();
  await leave('alice');
  const csv = 'userId,name\nalice,Imported';
  const body = { corpId: 'corp-one', csv, dryRun: false };
  const imported = ok(await call('POST', '/console/v1/users/import', { headers, body }));
  expect(imported).toMatchObject({ created: 1, renamed: 0 });
  expect((await inboxOf(await signIn('alice'))).messages).toEqual([]);
  expect(await names(key)).toEqual(['Name of alice']);
});

test('a restore brings the former person back with name and inbox, and is in the audit log', async () => {
  const { sent, leave, restore, signIn, inboxOf, start, audit } = await scene();
  await sent();
  const before = await signIn('alice');
  await leave('alice');
  expect(ok(await restore('alice'))).toMatchObject({ userId: 'alice', name: 'Name of alice' });
  expect((await inboxOf(await signIn('alice'))).messages).toHaveLength(1);
  expect(await inboxOf(before).catch(() => 'ended')).toBe('ended');
  expect(await audit()).toMatchObject({
    action: 'user.restore',
    target: 'alice',
    before: { leftAt: start },
    after: { name: 'Name of alice' },
  });
});

test('of several people with one userId the one who left last is restored, or the one who left at a time', async () => {
  const { leave, add, advance, restore, former, start } = await scene();
  await leave('alice');
  ok(await add('alice', 'Second'));
  await advance('1s');
  await leave('alice');
  expect(await former()).toEqual({
    formerUsers: [
      { userId: 'alice', name: 'Name of alice', leftAt: start },
      { userId: 'alice', name: 'Second', leftAt: start + 1000 },
    ],
    cursor: null,
    total: { count: 2, isExact: true },
  });
  expect(ok(await restore('alice', { leftAt: start }))).toMatchObject({ name: 'Name of alice' });
  expect(refusal(await restore('alice'))).toEqual([409, 'huizhi.conflict']);
  await advance('1s');
  await leave('alice');
  expect(ok(await restore('alice'))).toMatchObject({ name: 'Name of alice' });
});

test('people with one userId who left at the same time can each be restored', async () => {
  const { leave, add, restore, former, start } = await scene();
  await leave('alice');
  ok(await add('alice', 'Second'));
  await leave('alice');
  const { formerUsers } = (await former()) as { formerUsers: { leftAt: number; name: string }[] };
  expect(formerUsers.map(({ name, leftAt }) => [name, leftAt])).toEqual([
    ['Name of alice', start],
    ['Second', start + 1],
  ]);
  expect(ok(await restore('alice', { leftAt: start }))).toMatchObject({ name: 'Name of alice' });
});

test('a restore is refused for a userId that is taken, unknown or of nobody who left then', async () => {
  const { leave, add, restore } = await scene();
  expect(refusal(await restore('alice'))).toEqual([409, 'huizhi.conflict']);
  expect(refusal(await restore('nobody'))).toEqual([404, 'huizhi.notFound']);
  await leave('alice');
  expect(refusal(await restore('alice', { leftAt: 5 }))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await restore('alice', { at: 5 }))).toEqual([400, 'huizhi.badRequest']);
  ok(await add('alice', 'Another'));
  expect(refusal(await restore('alice'))).toEqual([409, 'huizhi.conflict']);
});

test('former users are searched by userId and name, and come page by page', async () => {
  const { leave, former } = await scene();
  for (const userId of ['u01', 'u02', 'u03', 'bob']) await leave(userId);
  const found: unknown[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page = await former({ limit: '1', text: 'U0', ...(cursor ? { cursor } : {}) });
    found.push(...(page.formerUsers as { userId: string }[]).map(({ userId }) => userId));
    cursor = page.cursor;
  }
  expect(found).toEqual(['u01', 'u02', 'u03']);
});

test('a reset of the emulator makes everybody again, and a snapshot keeps former and new people apart', async () => {
  const { leave, add, emulate, sent, names, call } = await scene();
  const key = await sent();
  await leave('alice');
  ok(await add('alice', 'Another Alice'));
  const saved = ok(await call('GET', '/emulator/v1/snapshot'));
  await emulate('POST', 'reset');
  expect(await names(await sent())).toEqual(['Name of alice']);
  ok(await call('PUT', '/emulator/v1/snapshot', { body: saved }));
  expect(await names(key)).toEqual(['Name of alice']);
  expect(await names(await sent())).toEqual(['Another Alice']);
});

test('the emulator lets nobody who has left read, neither as one of all recipients nor by name', async () => {
  const { emulate, sent, leave, call, receipt } = await scene();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await leave('alice');
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 1 });
  const body = { processQueryKey: key, userIds: ['alice'] };
  expect(refusal(await call('POST', '/emulator/v1/reads', { body }))).toEqual([404, 'huizhi.notFound']);
  expect((await receipt(key)).messageReadInfoList).toMatchObject([{ readStatus: 'UNREAD' }, { readStatus: 'READ' }]);
});

test('a reader of the emulator who has left does not read', async () => {
  const { emulate, sent, leave, advance, receipt } = await scene();
  await emulate('PUT', 'readers', { userId: '*', after: '10s' });
  const key = await sent({ userIds: ['alice', 'bob'] });
  await leave('alice');
  await advance('11s');
  const { messageReadInfoList } = await receipt(key);
  expect(messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual(['UNREAD', 'READ']);
});
