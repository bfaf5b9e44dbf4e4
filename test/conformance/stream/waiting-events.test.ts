import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compose } from '../../../src/compose.ts';
import { createSocketServer } from '../../../src/http/server/socket/socket.ts';
import { silentLog } from '../../../src/log.ts';
import { config, connected } from '../support/harness.ts';
import { crowd } from '../support/setup.ts';
import { acknowledge, connectClient } from '../support/stream-client.ts';
import { bearer, ok, world } from '../support/world.ts';

/** A server of which the test sees the store. */
async function openServer() {
  const composed = await compose(config, silentLog, '0.0.0');
  const server = createSocketServer(composed.app.listener, silentLog, { upgrade: composed.app.upgrade });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await composed.close();
  });
  const { port } = server.address() as AddressInfo;
  return { context: composed.context, there: world(connected(`http://127.0.0.1:${port}`)) };
}

const readers = crowd.slice(0, 20);

test('events are sent while the results of earlier ones are recorded', async () => {
  const { context, there } = await openServer();
  const { server, sent, emulate } = there;
  const body = { types: ['robot_msg_read'] };
  const path = '/console/v1/apps/app-one/events/corp-one';
  ok(await server.call('PUT', path, { body, headers: bearer(server.adminToken) }));
  for (let i = 0; i < 2; i++) await emulate('POST', 'reads', { processQueryKey: await sent({ userIds: readers }) });
  const all = 2 * readers.length;
  const { subscriptions } = context.store;
  const { record } = subscriptions;
  const recorded: number[] = [];
  let goOn = () => {};
  const isHeld = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  vi.spyOn(subscriptions, 'record').mockImplementation(async (key, given) => {
    recorded.push(given.fresh.length);
    await isHeld;
    return record(key, given);
  });
  const client = await connectClient(server, { answer: acknowledge, appKey: 'app-one' });
  await expect.poll(() => client.pushes().length).toBe(all);
  expect(recorded).toHaveLength(1);
  goOn();
  await context.dispatcher.idle();
  // The results that have arrived meanwhile share one transaction.
  expect(recorded).toEqual([recorded[0], all - (recorded[0] ?? 0)]);
});
