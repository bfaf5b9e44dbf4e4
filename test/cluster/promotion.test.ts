/** A process that runs on while a standby that is behind the primary takes its place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connection, type StreamEvent } from '../crash/connection.ts';
import { createLedger, randomFrom } from '../crash/ledger.ts';
import { inboxHeaders, type Load, sendUnsure } from '../crash/load.ts';
import { enter } from '../crash/passes.ts';
import { adminToken, configure, type Launched, launch, robotCode, type Server } from '../crash/server.ts';
import {
  ask,
  createPostgresData,
  makePostgresFolder,
  type ProgramServer,
  requirePostgresPrograms,
  runPostgresProgram,
  startPostgresData,
} from '../support/postgres-programs.ts';

const lacking = requirePostgresPrograms();

let folder: string | undefined;
let primary: ProgramServer | undefined;
let standby: ProgramServer;
const launched: Launched[] = [];

beforeAll(async () => {
  if (lacking !== undefined) return;
  folder = makePostgresFolder();
  await createPostgresData(join(folder, 'primary'));
  primary = await startPostgresData(join(folder, 'primary'), {});
  await ask(primary.urlOf('postgres'), 'create database huizhi');
  const from = primary.urlOf('postgres');
  await runPostgresProgram('pg_basebackup', '-D', join(folder, 'standby'), '-c', 'fast', '-R', '-d', from);
  standby = await startPostgresData(join(folder, 'standby'), { primary_conninfo: from });
}, 120_000);

afterAll(async () => {
  if (folder === undefined) return;
  for (const { kill } of launched) await kill();
  await primary?.stop();
  await standby.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(({ skip }) => skip(lacking !== undefined, lacking));

/** Sends a message to u0, and returns its event in the stream of u0, which is followed from a number. */
async function sendAndFollow(load: Load, name: string, since: number): Promise<StreamEvent | undefined> {
  const line = connection(load.server.url);
  load.ledger.unsure.set(name, { name, userIds: ['u0'], idempotent: true });
  await sendUnsure(load, line, name);
  const isSent = ({ data }: StreamEvent) => data.msgParam === JSON.stringify({ content: name });
  const events = await line.follow(`/inbox/v1/events?since=${since}`, inboxHeaders(load.passes, 'u0'), isSent);
  line.close();
  return events.at(-1);
}

const operator = { authorization: `Bearer ${adminToken}` };

/** Changes the name of the robot, by one process. */
async function rename({ url }: Server, name: string): Promise<void> {
  const line = connection(url);
  const { status } = await line.call('PUT', `/console/v1/robots/${robotCode}`, operator, { name });
  line.close();
  expect(status).toBe(200);
}

/** The name of the robot, as another process knows it. */
async function nameAt({ url }: Server): Promise<unknown> {
  const line = connection(url);
  const { body } = await line.call('GET', `/console/v1/robots/${robotCode}`, operator);
  line.close();
  return body.name;
}

test('processes that run while a standby is promoted that lacks the last writes move the numbers of streams ahead', {
  timeout: 120_000,
}, async () => {
  const hosts = [primary, standby].map((server) => new URL(server?.urlOf('huizhi') ?? '').host).join(',');
  const database = `postgres://postgres@${hosts}/huizhi?target_session_attrs=primary`;
  const place = mkdtempSync(join(folder ?? '', 'huizhi-'));
  configure(place);
  for (let i = 0; i < 2; i++) {
    launched.push(launch(place, database));
    await launched[i]?.ready;
  }
  const servers = await Promise.all(launched.map(({ ready }) => ready));
  const [server, other] = servers;
  if (!server || !other) throw new Error('no server');
  const passes = await enter(server);
  const load: Load = { server, passes, ledger: createLedger(), random: randomFrom(1) };
  const kept = await sendAndFollow(load, 'the standby has this', 0);
  const last = (one: ProgramServer | undefined) => ask(one?.urlOf('huizhi') ?? '', 'select max(last) from streams');
  await expect.poll(() => last(standby), { timeout: 30_000 }).toBe(await last(primary));
  // From here on the standby gets nothing more.
  await ask(standby.urlOf('postgres'), `alter system set primary_conninfo = ''`);
  await ask(standby.urlOf('postgres'), 'select pg_reload_conf()');
  await expect.poll(() => ask(standby.urlOf('postgres'), 'select count(*) from pg_stat_wal_receiver')).toBe('0');
  const lost = await sendAndFollow(load, 'the standby lacks this', kept?.id ?? 0);
  expect(lost?.id).toBeGreaterThan(kept?.id ?? 0);
  await rename(server, 'lost');
  expect(await nameAt(other)).toBe('lost');
  await primary?.stop();
  primary = undefined;
  await ask(standby.urlOf('postgres'), 'select pg_promote()');
  const logs = () => servers.map(({ log }) => log()).join('');
  await expect.poll(logs, { timeout: 30_000 }).toContain('have moved ahead');
  await rename(server, 'renamed');
  expect(await nameAt(other)).toBe('renamed');
  for (const each of servers) {
    const next = await sendAndFollow({ ...load, server: each }, `after it, by ${each.pid}`, lost?.id ?? 0);
    expect(next?.id).toBeGreaterThan(2 ** 27);
  }
});
