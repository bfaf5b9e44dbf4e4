import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { world } from '../../contract/world.contract.ts';
import { openStore } from '../../open.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(({ skip }) => skip(!server.isCitus, 'HUIZHI_TEST_DATABASE does not name a database with Citus'));

function clientOf(url: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => client.end({ timeout: 1 }));
  return client;
}

/** A proxy between the coordinator and a worker, which can hold back the second phase of a commit. */
type Gate = {
  readonly port: number;
  /** Holds back the connection on which the next transaction is prepared, once it is. Resolves then. */
  hold(): Promise<void>;
  release(): void;
};

/** Starts a gate to a worker. Its connections may be encrypted, so it asks the worker whether there is a prepared transaction. */
async function startGate(database: string): Promise<Gate> {
  const { hostname, port } = new URL(database);
  const worker = clientOf(database);
  const isPrepared = async () =>
    (await worker`select 1 from pg_prepared_xacts where database = current_database()`).length > 0;
  const sockets = new Set<Socket>();
  const preparing = new Set<Socket>();
  let onHeld: (() => void) | undefined;
  let release = () => {};
  const pass = async (from: Socket, send: () => void) => {
    from.pause();
    const prepared = await isPrepared();
    if (!onHeld || !prepared || !preparing.has(from)) {
      preparing.add(from);
      return send();
    }
    release = send;
    onHeld();
    onHeld = undefined;
  };
  const gate = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.on('data', (chunk) => {
      if (!onHeld) return void upstream.write(chunk);
      void pass(client, () => {
        upstream.write(chunk);
        client.resume();
      });
    });
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  onTestFinished(() => {
    gate.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (gate.address() as AddressInfo).port,
    hold: () =>
      new Promise((resolve) => {
        onHeld = resolve;
      }),
    release: () => release(),
  };
}

/** Puts a gate before each worker of a database. */
async function gateWorkers(url: string): Promise<readonly Gate[]> {
  const coordinator = clientOf(url);
  const nodes = await coordinator`select nodeid, nodename, nodeport from pg_dist_node where groupid > 0`;
  return Promise.all(
    nodes.map(async ({ nodeid, nodename, nodeport }) => {
      const worker = new URL(url);
      Object.assign(worker, { hostname: nodename, port: String(nodeport) });
      const gate = await startGate(worker.href);
      await coordinator`select citus_update_node(${nodeid}, '127.0.0.1', ${gate.port})`;
      return gate;
    }),
  );
}

test('a process that reads a change while Citus commits it on one node after the other reads it again afterwards', async () => {
  const url = await server.create('migrated');
  onTestFinished(() => server.drop(url));
  const gates = await gateWorkers(url);
  const [one, two] = [await openStore(url, { poolSize: 2 }), await openStore(url, { poolSize: 2 })];
  onTestFinished(async () => {
    await one.close();
    await two.close();
  });
  const { corpId, foreigner } = await world(one);
  const { id } = foreigner.robot;
  const before = await two.directory();
  const held = Promise.all(gates.map((gate) => gate.hold()));
  const changing = one.putInstallation(corpId, id);
  onTestFinished(() => {
    for (const gate of gates) gate.release();
  });
  await held;
  const early = await two.directory();
  expect([early.version, early.isInstalled(corpId, id)]).toEqual([before.version + 1, false]);
  for (const gate of gates) gate.release();
  await changing;
  const late = await two.directory();
  expect(late.isInstalled(corpId, id)).toBe(true);
  expect(late.version).toBeGreaterThan(early.version);
});
