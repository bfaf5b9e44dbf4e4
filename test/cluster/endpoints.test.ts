import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { ConsoleEndpoint, WebhookEvent } from '../../src/wire/own/endpoints.ts';
import type { Server } from '../conformance/support/harness.ts';
import { startReceiver } from '../conformance/support/receiver.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

function endpointWorld(server: Server) {
  const there = world(server);
  const headers = bearer(server.adminToken);
  return {
    ...there,
    make: async (url: string) => {
      const body = { corpId: 'corp-one', url, types: ['receipt.read'] };
      return ok(await server.call('POST', '/console/v1/endpoints', { headers, body })) as ConsoleEndpoint;
    },
    manage: async (method: string, path: string, body?: object) =>
      ok(await server.call(method, `/console/v1/endpoints/${path}`, { headers, body, query: { corpId: 'corp-one' } })),
    read: async (userId: string) => {
      const processQueryKey = await there.sent({ userIds: [userId] });
      await there.emulate('POST', 'reads', { processQueryKey });
    },
  };
}

test('an endpoint of one process gets the reads of both, once each, and changes at the other take effect', async () => {
  const [one, other] = await startTwoOn(postgres, endpointWorld);
  const receiver = await startReceiver();
  const { endpointId } = await one.make(receiver.url);
  const readers = ['alice', 'bob', 'carol', 'u01', 'u02', 'u03'];
  await Promise.all(readers.map((userId, i) => (i % 2 ? one : other).read(userId)));
  const got = new Map<number, string | undefined>();
  while (got.size < readers.length) {
    const { number, data } = JSON.parse((await receiver.next()).body) as WebhookEvent;
    got.set(number, data.userId);
  }
  expect([...got.values()].sort()).toEqual(readers.toSorted());
  expect(receiver.received).toHaveLength(readers.length);
  const moved = await startReceiver();
  await other.manage('PUT', endpointId, { url: moved.url });
  await other.manage('POST', `${endpointId}/replay`, { after: 0 });
  const again = new Set<number>();
  while (again.size < readers.length) again.add((JSON.parse((await moved.next()).body) as WebhookEvent).number);
  expect([...again].sort()).toEqual([...got.keys()].sort());
});

test('the endpoint of a process that has ended is taken over by the other', async () => {
  const [one, other] = await startTwoOn(postgres, endpointWorld);
  const receiver = await startReceiver();
  receiver.react({ status: 500 });
  await one.make(receiver.url);
  await one.read('alice');
  await receiver.next();
  await one.emulate('POST', 'clock', { advance: '1ms' });
  await one.server.stop();
  receiver.react({});
  await other.read('bob');
  expect((JSON.parse((await receiver.next()).body) as WebhookEvent).data.userId).toBe('bob');
  await other.advance('6s');
  expect((JSON.parse((await receiver.next()).body) as WebhookEvent).data.userId).toBe('alice');
});
