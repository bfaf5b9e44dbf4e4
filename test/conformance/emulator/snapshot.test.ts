import { expect, test } from 'vitest';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const server = await fileServer();
const here = world(server);
const { call, emulate, freeze, inboxOf, receipt, sent, signIn, tokenOf } = here;

const put = async (body: unknown) => refusal(await call('PUT', '/emulator/v1/snapshot', { body }));

/** A state that has rows in every table. */
async function lively() {
  await emulate('POST', 'reset');
  const now = await freeze(Date.UTC(2027, 3, 1));
  const token = await tokenOf();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  const session = await signIn('alice');
  await emulate('PUT', 'delivery', { mode: 'delay', delay: '10s' });
  const waiting = await sent({ userIds: ['carol'] });
  await emulate('PUT', 'readers', { userId: 'carol', after: '5s' });
  await emulate('PUT', 'robots', { robotCode: 'robot-more', disabled: true, blockedBy: ['bob'] });
  return { now, token, key, waiting, session, snapshot: await emulate('GET', 'snapshot') };
}

test('restoring a snapshot restores its exact state', async () => {
  const { snapshot } = await lively();
  await sent();
  await here.advance('3h');
  await emulate('PUT', 'faults', { rules: [{ path: '/gettoken', error: 'system.error' }] });
  expect(await emulate('PUT', 'snapshot', snapshot)).toEqual({});
  expect(await emulate('GET', 'snapshot')).toEqual(snapshot);
});

test('a snapshot restores tokens, keys, sessions, receipts, clock and settings in another process', async () => {
  const { now, token, key, waiting, session, snapshot } = await lively();
  const there = world(await testServer());
  await there.emulate('PUT', 'snapshot', snapshot);
  expect(await there.emulate('GET', 'clock')).toEqual({ now, frozen: true });
  expect(await there.receipt(key, 'robot-one', token)).toEqual(await receipt(key, 'robot-one', token));
  expect(await there.inboxOf(session)).toEqual(await inboxOf(session));
  expect(await there.emulate('PUT', 'robots', { robotCode: 'robot-more' })).toMatchObject({
    disabled: true,
    blockedBy: ['bob'],
  });
  expect(await there.tokenOf()).toBe(token);
  await there.advance('1m');
  const [carol] = (await there.receipt(waiting, 'robot-one', token)).messageReadInfoList;
  expect(carol?.readTimestamp).toBe((now + 15_000) / 1000);
});

test('a token and a key from before a restore in another process are no longer valid', async () => {
  const there = world(await testServer());
  const [token, key] = [await there.tokenOf(), await there.sent()];
  await there.receipt(key);
  await there.receipt(key);
  const { snapshot } = await lively();
  await there.emulate('PUT', 'snapshot', snapshot);
  expect(refusal(await there.send({}, token))).toEqual([400, 'InvalidAuthentication']);
  const late = await there.status({ robotCode: 'robot-one', processQueryKey: key });
  expect(refusal(late)).toEqual([400, 'invalid.processQueryKey']);
});

test('the key of a message that a restore has removed never becomes the key of a later one', async () => {
  const { snapshot } = await lively();
  await emulate('PUT', 'delivery', { mode: 'instant' });
  await here.advance('1s');
  const undone = await sent({ userIds: ['alice'] });
  await emulate('PUT', 'snapshot', snapshot);
  await emulate('PUT', 'delivery', { mode: 'instant' });
  await here.advance('2s');
  await sent({ userIds: ['bob'] });
  expect((await here.status({ robotCode: 'robot-one', processQueryKey: undone })).status).toBe(400);
});

test('a restore closes open streams', async () => {
  const { session, snapshot } = await lively();
  const stream = await follow(server, session);
  await emulate('PUT', 'snapshot', snapshot);
  expect(await stream.next()).toBeUndefined();
  expect(ok(await call('GET', '/inbox/v1/messages', { headers: bearer(session) })).unreadCount).toBe(1);
});

const whole = async () => {
  const { snapshot } = await lively();
  // Probing the store leaves a mark in it, which must not be compared.
  await call('GET', '/readyz');
  return snapshot as Fields & { store: { version: number; tables: Record<string, unknown[][]> } };
};

test('a snapshot of another version is a conflict', async () => {
  const snapshot = await whole();
  expect(await put({ ...snapshot, version: 99 })).toEqual([409, 'huizhi.conflict']);
  expect(await put({ ...snapshot, store: { ...snapshot.store, version: 99 } })).toEqual([409, 'huizhi.conflict']);
});

test.each([
  ['no object', () => []],
  ['no JSON', () => '{'],
  ['no version', ({ version: _, ...rest }: Fields) => rest],
  ['a version alone', () => ({ version: 1 })],
  ['no readers', ({ readers: _, ...rest }: Fields) => rest],
  ['readers that are none', (snapshot: Fields) => ({ ...snapshot, readers: [{ after: 'x' }] })],
  ['a clock that is none', (snapshot: Fields) => ({ ...snapshot, clock: {} })],
  ['a delivery that is none', (snapshot: Fields) => ({ ...snapshot, delivery: { mode: 'x' } })],
  ['faults that are none', (snapshot: Fields) => ({ ...snapshot, faults: [{ error: 'x' }] })],
  ['an empty secret', (snapshot: Fields) => ({ ...snapshot, secret: '' })],
  ['a store that is none', (snapshot: Fields) => ({ ...snapshot, store: 7 })],
] as const)('a snapshot with %s is refused, and nothing changes', async (_, make) => {
  const snapshot = await whole();
  const before = await emulate('GET', 'snapshot');
  expect(await put((make as (from: Fields) => unknown)(snapshot))).toEqual([400, 'huizhi.badRequest']);
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});

test.each([
  ['too short', [1]],
  ['too long', Array(40).fill(1)],
  ['of objects', [{}, {}, {}]],
  ['of nulls', Array(3).fill(null)],
  ['no list', 7],
])('a table with a row that is %s is refused, and nothing changes', async (_, row) => {
  const snapshot = await whole();
  const before = await emulate('GET', 'snapshot');
  const tables = { ...snapshot.store.tables, organizations: [row] };
  expect(await put({ ...snapshot, store: { ...snapshot.store, tables } })).toEqual([400, 'huizhi.badRequest']);
  expect(await emulate('GET', 'snapshot')).toEqual(before);
  expect((await receipt(await sent())).sendStatus).toBe('PROCESSING');
});

test('a snapshot may be larger than any other body', async () => {
  const there = world(await testServer());
  const msgParam = JSON.stringify({ content: 'x'.repeat(14_000) });
  await Promise.all(Array.from({ length: 90 }, () => there.sent({ msgParam })));
  const snapshot = await there.emulate('GET', 'snapshot');
  expect(JSON.stringify(snapshot).length).toBeGreaterThan(1024 * 1024);
  expect(await there.emulate('PUT', 'snapshot', snapshot)).toEqual({});
});

test('resets and restores that arrive together run one after another', async () => {
  const { snapshot } = await lively();
  const calls = [1, 2, 3].flatMap(() => [
    call('POST', '/emulator/v1/reset'),
    call('PUT', '/emulator/v1/snapshot', { body: snapshot }),
  ]);
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  expect(statuses).toEqual(Array(6).fill(200));
});
