import { expect, test } from 'vitest';
import { groupWorld } from '../support/groups.ts';
import { type Fields, type Server, testServer } from '../support/harness.ts';
import { bearer, ok, statusPath, suiteRobot, tokenHeader, world } from '../support/world.ts';

/** Numbers from 0 to 1, the same in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const values: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  ' ',
  '{',
  '[]',
  '{}',
  '"x"',
  '1,2',
  '99999',
  '\ud800',
  0,
  1,
  -1,
  1.5,
  99_999,
  1e15,
  1e300,
  [],
  {},
];

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string };

/** The path of every value in a state, rows and settings alike. */
function placesIn(holder: Place['holder']): Place[] {
  return Object.entries(holder).flatMap(([key, value]) => {
    const inner = typeof value === 'object' && value !== null ? placesIn(value as Place['holder']) : [];
    return [{ holder, key }, ...inner];
  });
}

/** Changes one value: replaces, removes or duplicates it. */
function mutate(snapshot: Fields, chance: () => number): Fields {
  const copy = structuredClone(snapshot);
  const places = placesIn(copy);
  const place = places[Math.floor(chance() * places.length)];
  if (!place) return copy;
  const { holder, key } = place;
  const act = chance();
  if (Array.isArray(holder)) {
    if (act < 0.1) holder.splice(Number(key), 1);
    else if (act < 0.2) holder.push(structuredClone(holder[Number(key)]));
    else holder[Number(key)] = structuredClone(values[Math.floor(chance() * values.length)]);
  } else if (act < 0.1) delete holder[key];
  else if (act < 0.2) holder[`${key}x`] = holder[key];
  else holder[key] = structuredClone(values[Math.floor(chance() * values.length)]);
  return copy;
}

/** The keys of a message to users and of a message to a group. */
type Sent = {
  readonly key: string;
  readonly group: { readonly openConversationId: string; readonly processQueryKey: string };
};

/** Makes the calls of all surfaces; returns those that failed with a server error. */
async function failures(server: Server, token: string, session: string, { key, group }: Sent): Promise<string[]> {
  const admin = bearer(server.adminToken);
  const found: string[] = [];
  const ask = async (method: string, path: string, more: Parameters<Server['call']>[2] = {}) => {
    const reply = await server.call(method, path, more);
    if (reply.status >= 500) found.push(`${method} ${path} ${reply.status}`);
    return reply.body;
  };
  const corp = { corpId: 'corp-one' };
  const robotToken = { [tokenHeader]: token };
  await ask('GET', statusPath, { query: { robotCode: 'robot-one', processQueryKey: key }, headers: robotToken });
  for (const path of ['messages', 'robots', 'sessions/current'])
    await ask('GET', `/inbox/v1/${path}`, { headers: bearer(session) });
  for (const path of ['users', 'formerUsers', 'robots', 'messages', 'unread', 'statistics'])
    await ask('GET', `/console/v1/${path}`, { query: corp, headers: admin });
  await ask('GET', '/console/v1/events', { query: corp, headers: { ...admin, accept: 'application/json' } });
  for (const path of ['organizations', 'apps', 'audit', 'status'])
    await ask('GET', `/console/v1/${path}`, { headers: admin });
  const { messages = [] } = (await ask('GET', '/console/v1/messages', { query: corp, headers: admin })) as {
    messages?: { messageId: string }[];
  };
  for (const { messageId } of messages.slice(0, 3)) {
    await ask('GET', `/console/v1/messages/${messageId}`, { headers: admin });
    await ask('GET', `/console/v1/messages/${messageId}/recipients.csv`, { headers: admin });
  }
  await ask('GET', '/emulator/v1/clock');
  await ask('GET', '/emulator/v1/readers');
  await ask('GET', '/emulator/v1/faults');
  const credentials = { appKey: 'app-one', appSecret: 'secret-of-app-one' };
  await ask('POST', '/v1.0/oauth2/accessToken', { body: credentials });
  const body = { robotCode: 'robot-one', userIds: ['alice', 'bob'], msgKey: 'sampleText', msgParam: '{"content":"x"}' };
  const sendPath = '/v1.0/robot/oToMessages/batchSend';
  await ask('POST', sendPath, { body, headers: { ...robotToken, 'idempotency-key': 'once' } });
  const toGroup = { robotCode: 'robot-one', ...group, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
  for (const path of ['query', 'send', 'query'])
    await ask('POST', `/v1.0/robot/groupMessages/${path}`, { body: toGroup, headers: robotToken });
  const { processQueryKey, openConversationId } = group;
  await ask('POST', '/emulator/v1/reads', { body: { processQueryKey } });
  const recall = { robotCode: 'robot-one', openConversationId, processQueryKeys: [processQueryKey] };
  await ask('POST', '/v1.0/robot/groupMessages/recall', { body: recall, headers: robotToken });
  await ask('GET', '/inbox/v1/messages', { headers: bearer(session) });
  await ask('POST', '/emulator/v1/clock', { body: { advance: '1m' } });
  return found;
}

test('a mutated snapshot is refused and changes nothing, or every call works after it', {
  timeout: 300_000,
}, async () => {
  const server = await testServer();
  const w = world(server);
  await w.freeze(Date.UTC(2027, 3, 1));
  const [token, session] = [await w.tokenOf(), await w.signIn('alice')];
  const key = await w.sent({ userIds: ['alice', 'bob'] });
  await w.emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  const { group, sentTo, readBy } = groupWorld(server);
  const { openConversationId } = await group();
  const processQueryKey = await sentTo(openConversationId);
  await readBy(processQueryKey, 'bob', 'alice');
  const sent = { key, group: { openConversationId, processQueryKey } };
  await w.send({}, undefined, { 'idempotency-key': 'once' });
  await w.sent({ robotCode: suiteRobot, userIds: ['alice'] }, await w.suiteToken('corp-one'));
  await w.emulate('PUT', 'readers', { userId: 'carol', after: '5s' });
  await w.emulate('PUT', 'robots', { robotCode: 'robot-more', blockedBy: ['bob'] });
  const chosen = { body: { muted: true }, headers: bearer(await w.signIn('carol')) };
  ok(await server.call('PUT', '/inbox/v1/robots/robot-one', chosen));
  const query = { corpId: 'corp-one' };
  await server.call('DELETE', '/console/v1/users/u01', { query, headers: bearer(server.adminToken) });
  const saved = await w.emulate('GET', 'snapshot');
  const chance = chances(20_261_128);
  const seen = { refused: 0, accepted: 0 };
  for (let i = 0; i < 700; i++) {
    const body = mutate(saved, chance);
    const reply = await server.call('PUT', '/emulator/v1/snapshot', { body });
    if (reply.status !== 200) {
      expect([400, 409], `${i}: ${reply.text}`).toContain(reply.status);
      seen.refused++;
      continue;
    }
    seen.accepted++;
    expect([i, await failures(server, token, session, sent)]).toEqual([i, []]);
    expect((await server.call('PUT', '/emulator/v1/snapshot', { body: saved })).status).toBe(200);
  }
  expect(seen.refused).toBeGreaterThan(200);
  expect(seen.accepted).toBeGreaterThan(20);
  expect(await w.emulate('GET', 'snapshot')).toEqual(saved);
});

test('a snapshot whose counters are not beyond the numbers in use is refused', async () => {
  const server = await testServer();
  const w = world(server);
  await w.sent({ userIds: ['alice'] });
  const snapshot = (await w.emulate('GET', 'snapshot')) as { store: { tables: Record<string, unknown[][]> } };
  const changed = (table: string, change: (rows: unknown[][]) => unknown[][]) => {
    const { store } = snapshot;
    return {
      ...snapshot,
      store: { ...store, tables: { ...store.tables, [table]: change(store.tables[table] ?? []) } },
    };
  };
  const without = (name: string) => changed('counters', (rows) => rows.filter((row) => row[1] !== name));
  const broken = {
    empty: changed('counters', () => []),
    ...Object.fromEntries(['message', 'user', 'robot', 'app', 'events'].map((name) => [name, without(name)])),
    'set back': changed('counters', (rows) => rows.map(([corpId, name]) => [corpId, name, 1])),
    'too large': changed('counters', (rows) => rows.map(([corpId, name]) => [corpId, name, 1e15])),
    streams: changed('streams', () => []),
  };
  for (const [name, body] of Object.entries(broken)) {
    expect([name, (await server.call('PUT', '/emulator/v1/snapshot', { body })).status]).toEqual([name, 400]);
  }
  expect((await server.call('PUT', '/emulator/v1/snapshot', { body: snapshot })).status).toBe(200);
});
