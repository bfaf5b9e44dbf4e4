import { beforeEach, describe, expect, test } from 'vitest';
import type { Change, ClientOptions, Watched, WatchOptions } from '../../src/client/index.ts';
import { fileServer, testServer } from '../conformance/support/harness.ts';
import { bearer, ok } from '../conformance/support/world.ts';
import { rejection, setting, vendorEndpoint } from './setting.ts';

const server = await fileServer();
const w = setting(server);
const statusPath = '/v1.0/robot/oToMessages/readStatus';

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

const short = (change: Change) => {
  if (change.type === 'read') return `${change.recipient.userId} has read`;
  return change.type === 'status' ? change.status : `end: ${change.reason}`;
};

async function all(changes: AsyncIterable<Change>): Promise<string[]> {
  const seen: string[] = [];
  for await (const change of changes) seen.push(short(change));
  return seen;
}

async function collectChanges(
  options: Partial<ClientOptions> = {},
  more?: WatchOptions,
  what: (sent: Watched) => Watched = (sent) => sent,
) {
  const made = await w.client(options);
  const { messages } = await made.client.send({ to: ['alice', 'bob'], text: 'hello' });
  const [message = { processQueryKey: '' }] = messages;
  return { ...made, key: message.processQueryKey, changes: made.client.watch([what(message)], more) };
}

describe.each([
  ['huizhi', server.url],
  ['the vendor', vendorEndpoint],
])('a watch of a message at %s', (_, endpoint) => {
  test('yields each read when it is seen, and ends when all have read', async () => {
    await w.emulate('PUT', 'readers', {
      readers: [
        { userId: 'alice', after: '10s' },
        { userId: 'bob', after: '2h' },
      ],
    });
    const { changes } = await collectChanges({ endpoint });
    expect(await all(changes)).toEqual(['SUCCESS', 'alice has read', 'bob has read', 'end: allRead']);
  });

  test('ends when the message is recalled', async () => {
    const { changes, client, key } = await collectChanges({ endpoint });
    const seen: string[] = [];
    for await (const change of changes) {
      seen.push(short(change));
      if (change.type === 'status' && change.status === 'SUCCESS') await client.recall(key);
    }
    expect(seen).toEqual(['SUCCESS', 'RECALLED', 'end: recalled']);
  });

  test('ends when the window closes, after a last request and with few calls', async () => {
    await w.emulate('PUT', 'readers', { userId: 'alice', after: '86397s' });
    const { changes, paths } = await collectChanges({ endpoint });
    expect(await all(changes)).toEqual(['SUCCESS', 'alice has read', 'end: windowClosed']);
    const looks = paths().filter((path) => path === statusPath).length;
    expect(looks).toBeGreaterThan(80);
    expect(looks).toBeLessThan(250);
  });
});

test('a message that is not delivered yet is PROCESSING first', async () => {
  await w.emulate('PUT', 'delivery', { mode: 'delay', delay: '30s' });
  await w.emulate('PUT', 'readers', { userId: '*' });
  const { changes } = await collectChanges();
  expect(await all(changes)).toEqual(['PROCESSING', 'SUCCESS', 'alice has read', 'bob has read', 'end: allRead']);
});

test('many messages are watched together, and each ends independently', async () => {
  const { client } = await w.client();
  await w.emulate('PUT', 'readers', { userId: '*', after: '5s' });
  const first = await client.send({ to: ['alice'], text: 'one' });
  const keys = [...first.keys, 'forged'];
  const ends: Record<string, string> = {};
  for await (const change of client.watch(keys))
    if (change.type === 'end') ends[change.processQueryKey] = change.reason;
  expect(ends).toEqual({ [keys[0] ?? '']: 'allRead', forged: 'failed' });
});

test('waits for the end of an outage', async () => {
  await w.emulate('PUT', 'readers', { userId: '*', after: '1h' });
  await w.faults({ path: statusPath, nth: 3, times: 20, drop: true });
  const { changes } = await collectChanges();
  expect(await all(changes)).toEqual(['SUCCESS', 'alice has read', 'bob has read', 'end: allRead']);
});

test('requests the receipt of a key again that the vendor does not know yet', async () => {
  await w.emulate('PUT', 'readers', { userId: '*', after: '1h' });
  await w.faults({ path: statusPath, times: 2, error: 'processQueryKey.expireTime' });
  const { changes } = await collectChanges({ endpoint: vendorEndpoint });
  expect((await all(changes)).at(-1)).toBe('end: allRead');
});

test('ends immediately for a key whose window has closed', async () => {
  const { client, moved } = await w.client();
  const { keys } = await client.send({ to: ['alice'], text: 'hello' });
  await moved('25h');
  expect(await all(client.watch(keys))).toEqual(['end: windowClosed']);
});

test('watches as long as a server with a longer window returns receipts', async () => {
  const patient = setting(await testServer({ readWindow: 3 * 86_400_000 }));
  await patient.emulate('PUT', 'readers', { userId: '*', after: '60h' });
  const { client } = await patient.client();
  const { messages } = await client.send({ to: 'alice', text: 'hello' });
  expect(await all(client.watch(messages))).toEqual(['SUCCESS', 'alice has read', 'end: allRead']);
});

test.each([
  ['PROCESSING', null],
  ['SUCCESS', []],
])('ends with the window if the server always answers %s with the recipients %j', async (sendStatus, list) => {
  const answer = async () => Response.json({ sendStatus, messageReadInfoList: list });
  const { client } = await w.client({ token: 'any', fetch: answer });
  expect(await all(client.watch('key', { window: 3_600_000 }))).toEqual([sendStatus, 'end: windowClosed']);
});

test('the caller can choose the interval', async () => {
  await w.emulate('PUT', 'readers', { userId: '*', after: '60s' });
  const { changes, waits } = await collectChanges({}, { interval: () => 7000 });
  await all(changes);
  expect(new Set(waits)).toEqual(new Set([7000]));
});

test('a signal ends a watch with its reason; leaving the loop ends it without an error', async () => {
  const stop = new AbortController();
  const { changes } = await collectChanges({}, { signal: stop.signal });
  for await (const _ of changes) break;
  const other = await collectChanges({}, { signal: stop.signal });
  stop.abort(new Error('enough'));
  expect(await rejection(all(other.changes))).toMatchObject({ message: 'enough' });
});

describe('a watch of a message that one recipient leaves without reading', () => {
  const left = async (options: Partial<ClientOptions>) => {
    const own = await testServer();
    const there = setting(own);
    await there.emulate('PUT', 'readers', { userId: 'alice', after: '10s' });
    const { client } = await there.client(options);
    const { keys } = await client.send({ to: ['alice', 'bob'], text: 'hello' });
    const ask = { query: { corpId: 'corp-one' }, headers: bearer(own.adminToken) };
    ok(await own.call('DELETE', '/console/v1/users/bob', ask));
    const receipt = await client.readStatus(keys[0] ?? '');
    return { receipt, seen: await all(client.watch(keys)) };
  };

  test('ends at huizhi when all who are still there have read', async () => {
    const { receipt, seen } = await left({});
    expect(receipt).toMatchObject({ left: 1, recipients: [{ userId: 'alice' }, { userId: 'bob', read: false }] });
    expect(seen).toEqual(['SUCCESS', 'alice has read', 'end: allRead']);
  });

  test('ends with the window at a host that does not tell who has left', async () => {
    const silent: ClientOptions['fetch'] = async (url, init) => {
      const { body, status, headers } = await fetch(url, init);
      return new Response(body, { status, headers: [...headers].filter(([name]) => name !== 'x-huizhi-left') });
    };
    const { receipt, seen } = await left({ endpoint: vendorEndpoint, fetch: silent });
    expect(receipt.left).toBe(0);
    expect(seen).toEqual(['SUCCESS', 'alice has read', 'end: windowClosed']);
  });
});
