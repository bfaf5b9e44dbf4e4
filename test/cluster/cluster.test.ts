import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { connection } from '../crash/connection.ts';
import { createLedger, randomFrom } from '../crash/ledger.ts';
import { enter } from '../crash/passes.ts';
import { configure } from '../crash/server.ts';
import { newStreams, verify, verifyAll } from '../crash/verify.ts';
import { repeats } from '../support/long.ts';
import { type ClusterLoad, launchMember, type Member, rushAll } from './support/cluster.ts';

/** How often a process or the database is disturbed; more in a long run. */
const blows = repeats('HUIZHI_KILLS', 4, 60);
const seed = Number(process.env.HUIZHI_CRASH_SEED ?? Date.now() % 1_000_000);

/** Milliseconds within which everything has to recover without help. */
const recovery = 5_000;

let postgres: TestServer;
beforeAll(async () => {
  // A test restarts it.
  postgres = await startPostgres({ isAlone: true });
});
afterAll(() => postgres.stop());

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-cluster-'));
  onTestFailed(() => void process.stderr.write(`repeat it with HUIZHI_CRASH_SEED=${seed}\n`));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  configure(folder);
  return folder;
}

/** Starts processes on a new database; a killed one is replaced. */
async function startCluster(size: number) {
  const folder = createFolder();
  const database = await postgres.create('empty');
  const kills: (() => Promise<void>)[] = [];
  const begin = () => {
    const { ready, kill } = launchMember(folder, database);
    kills.push(kill);
    return ready;
  };
  onTestFinished(async () => {
    await Promise.all(kills.map((kill) => kill()));
    await postgres.drop(database);
  });
  let members: readonly Member[] = await Promise.all(Array.from({ length: size }, begin));
  return {
    members: () => members,
    async replace(member: Member) {
      members = members.filter((one) => one !== member);
      await member.server.kill();
      members = [...members, await begin()];
    },
  };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until every member answers again and all messages sent so far have arrived. */
async function waitForRecovery(load: ClusterLoad): Promise<void> {
  const since = performance.now();
  const isGood = ({ name }: Member) => (load.lastGood.get(name) ?? 0) > since;
  while (!load.members().every(isGood)) {
    if (performance.now() - since > recovery) {
      const silent = load.members().filter((one) => !isGood(one));
      throw new Error(
        `no answer after ${recovery} ms: ${silent.map(({ name, server }) => name + server.log()).join()}`,
      );
    }
    await wait(20);
  }
}

/**
 * Milliseconds within which every message in the database has to be delivered, whether or not its send was
 * acknowledged.
 */
const longestProcessing = 10_000;

/** Waits until no message is PROCESSING. */
async function waitForDeliveries(load: ClusterLoad): Promise<void> {
  const since = performance.now();
  const [member] = load.members();
  for (;;) {
    const text = await (await fetch(new URL('/metrics', member?.server.url))).text();
    const depth = /^huizhi_queue_depth (\d+)$/m.exec(text)?.[1];
    if (depth === '0') return;
    if (performance.now() - since > longestProcessing) throw new Error(`${depth} messages are not delivered`);
    await wait(100);
  }
}

test('ten processes that start at once on an empty database all come up', { timeout: 120_000 }, async () => {
  const cluster = await startCluster(10);
  for (const { server } of cluster.members()) {
    const line = connection(server.url);
    expect((await line.call('GET', '/readyz', {})).status).toBe(200);
    line.close();
  }
});

test('what was acknowledged survives killed processes, closed connections and a database restart, and all recovers without help', {
  timeout: 60_000 + blows * 10_000,
}, async () => {
  const cluster = await startCluster(3);
  const [first] = cluster.members();
  if (!first) throw new Error('no process');
  const random = randomFrom(seed);
  const ledger = createLedger();
  const passes = await enter(first.server);
  const load: ClusterLoad = {
    ledger,
    passes,
    random,
    members: cluster.members,
    lastGood: new Map(),
    refused: new Map(),
  };
  const pick = () => cluster.members()[Math.floor(random() * 3)] ?? first;
  const cut = ({ name }: Member) =>
    postgres.tell(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${name}'`);
  const done: (() => Promise<unknown>)[] = [
    () => cluster.replace(pick()),
    () => cut(pick()),
    async () => postgres.restart?.(),
  ];
  const streams = newStreams();
  for (let blow = 0; blow < blows; blow++) {
    const end = new AbortController();
    const rushing = rushAll(load, end.signal);
    await wait(300 + random() * 700);
    await done[blow % done.length]?.();
    await waitForRecovery(load).finally(() => end.abort());
    await rushing;
    await waitForDeliveries(load);
    await verify({ ...load, server: pick().server }, streams);
  }
  for (const { server } of cluster.members()) await verifyAll({ ...load, server }, streams);
  expect(ledger.acknowledged).toBeGreaterThan(blows * 10);
});
