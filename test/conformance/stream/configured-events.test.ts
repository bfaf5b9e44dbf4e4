import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SetupApp } from '../../../src/config/setup.ts';
import { emptyFolder } from '../support/child.ts';
import { startServer } from '../support/harness.ts';
import { setup } from '../support/setup.ts';
import { connectClient } from '../support/stream-client.ts';
import { bearer, ok, world } from '../support/world.ts';

type Events = NonNullable<SetupApp['events']>;

/** Starts servers on one database file, one after the other, whose setup has the events of an app. */
function openDatabase(appKey = 'app-one') {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (events?: Events) => {
    const apps = setup.apps.map((one) => (one.appKey === appKey && events ? { ...one, events } : one));
    const server = await startServer({ database, setup: { ...setup, apps } });
    onTestFinished(() => server.stop());
    const there = world(server);
    const headers = bearer(server.adminToken);
    return {
      ...there,
      chosen: async (corpId = 'corp-one') =>
        ok(await server.call('GET', `/console/v1/apps/${appKey}/events/${corpId}`, { headers })).types,
      read: async () => {
        const processQueryKey = await there.sent();
        await there.emulate('POST', 'reads', { processQueryKey });
        return processQueryKey;
      },
    };
  };
}

test('an event that waits for a connection is pushed after a restart', async () => {
  const start = openDatabase();
  const first = await start(['robot_msg_read']);
  const processQueryKey = await first.read();
  await first.server.stop();
  const second = await start();
  const client = await connectClient(second.server);
  await expect.poll(() => client.pushes().length, { timeout: 10_000 }).toBe(1);
  expect(client.pushes()[0]?.data).toContain(processQueryKey);
});

test('the events of the file replace those of the app; without them they stay, and an empty list ends them', async () => {
  const start = openDatabase();
  const lists = [['robot_msg_read'], ['robot_msg_read', 'robot_msg_recall'], undefined, []] as const;
  const chosen = [];
  for (const events of lists) {
    const there = await start(events);
    chosen.push(await there.chosen());
    await there.server.stop();
  }
  expect(chosen).toEqual([lists[0], lists[1], lists[1], []]);
});

test('a third-party app gets the events of all organizations that authorize it', async () => {
  const { chosen } = await openDatabase('suite')(['robot_msg_recall']);
  expect([await chosen('corp-one'), await chosen('corp-two')]).toEqual([['robot_msg_recall'], ['robot_msg_recall']]);
});
