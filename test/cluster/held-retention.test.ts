import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config/options.ts';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import { type Server, startServer, testServer } from '../conformance/support/harness.ts';
import { bearer, ok, refusal } from '../conformance/support/world.ts';
import { fillWithAged } from './support/aged.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const hour = 3_600_000;
const day = 24 * hour;
const old = Array.from({ length: 12 }, (_, i) => 5 * day + i);

type Kind = 'SQLite' | 'PostgreSQL';

async function emptyDatabase(kind: Kind): Promise<string> {
  if (kind === 'SQLite') return `${emptyFolder()}/huizhi.db`;
  const url = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(url));
  return url;
}

/** The options of a server of this suite besides its database: two days of retention. */
const options = (database: string): Partial<Config> => ({ command: 'serve', database, retention: 2 * day });

/** A database whose server had messages of these ages when it stopped. */
async function fillDatabase(kind: Kind, ages: readonly number[]): Promise<string> {
  const database = await emptyDatabase(kind);
  await (await startServer(options(database))).stop();
  await fillWithAged(database, ages);
  return database;
}

const operator = (server: Server) => ({ headers: bearer(server.adminToken) });

async function countOf(server: Server): Promise<number> {
  const query = { corpId: 'corp-one', limit: '100' };
  return (ok(await server.call('GET', '/console/v1/messages', { ...operator(server), query })).messages as unknown[])
    .length;
}

const heldAt = async (server: Server) =>
  ok(await server.call('GET', '/console/v1/status', operator(server))).heldRetention;

const metric = async (server: Server) =>
  /^huizhi_retention_held (\d)$/m.exec((await server.call('GET', '/metrics')).text)?.[1];

const warnings = ({ log }: Server) => log.filter(({ text }) => text.startsWith('retention waits'));

const confirm = (server: Server) => server.call('POST', '/console/v1/retention/confirm', operator(server));

const becomes = (ask: () => Promise<unknown>, wanted: unknown) =>
  expect.poll(ask, { timeout: 20_000, interval: 100 }).toEqual(wanted);

describe.each<Kind>(['SQLite', 'PostgreSQL'])('on %s, a start long after the newest time in the database', (kind) => {
  test('removes nothing before an operator confirms it, and reports that', { timeout: 60_000 }, async () => {
    const database = await fillDatabase(kind, old);
    const server = await testServer(options(database));
    await becomes(async () => ((await heldAt(server)) as { messages?: number } | null)?.messages, old.length);
    expect([await countOf(server), await metric(server), warnings(server).length]).toEqual([old.length, '1', 1]);
    expect(ok(await confirm(server))).toEqual({ heldRetention: null });
    await becomes(() => countOf(server), 0);
    await becomes(() => metric(server), '0');
    expect(refusal(await confirm(server))).toEqual([409, 'huizhi.conflict']);
    const { entries } = ok(await server.call('GET', '/console/v1/audit', operator(server)));
    expect(entries).toMatchObject([{ action: 'retention.confirm', after: { messages: old.length } }]);
  });

  test('removes what is due when it was started with the confirmation', { timeout: 60_000 }, async () => {
    const server = await testServer({ ...options(await fillDatabase(kind, old)), confirmRetention: true });
    await becomes(() => countOf(server), 0);
    expect([await heldAt(server), warnings(server)]).toEqual([null, []]);
  });

  test('removes at most a tenth of the messages without confirmation', { timeout: 60_000 }, async () => {
    const young = Array.from({ length: 18 }, (_, i) => 3 * hour + i);
    const server = await testServer(options(await fillDatabase(kind, [...young, 5 * day, 6 * day])));
    await becomes(() => countOf(server), young.length);
    expect([await heldAt(server), warnings(server)]).toEqual([null, []]);
  });

  test('removes what is due without confirmation in the emulator, whose clock belongs to a test', {
    timeout: 60_000,
  }, async () => {
    const server = await testServer({ ...options(await fillDatabase(kind, old)), command: 'dev' });
    await becomes(() => countOf(server), 0);
    expect(await heldAt(server)).toBeNull();
  });
});

test('a start soon after the newest time in the database removes any number of messages that are due', {
  timeout: 60_000,
}, async () => {
  const server = await testServer(options(await fillDatabase('SQLite', [...old, hour / 2])));
  await becomes(() => countOf(server), 1);
  expect(warnings(server)).toEqual([]);
});

test('a sweep still waits for confirmation after a restart', { timeout: 60_000 }, async () => {
  const database = await fillDatabase('SQLite', old);
  for (let starts = 0; starts < 3; starts++) {
    const server = await startServer(options(database));
    await becomes(async () => warnings(server).length, 1);
    expect(await countOf(server)).toBe(old.length);
    await server.stop();
  }
});

test('a sweep that waits in one process can be confirmed at another', { timeout: 60_000 }, async () => {
  const database = await fillDatabase('PostgreSQL', old);
  const [one, other] = [await testServer(options(database)), await testServer(options(database))];
  await becomes(async () => warnings(one).length, 1);
  ok(await confirm(other));
  await becomes(() => countOf(one), 0);
  for (const server of [one, other]) await becomes(() => metric(server), '0');
});
