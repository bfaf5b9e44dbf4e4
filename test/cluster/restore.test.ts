/** Backups of PostgreSQL with its own tools, as docs/how-to/backup.md describes them, from a server under load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Connection, connection, type StreamEvent } from '../crash/connection.ts';
import { createLedger, type Ledger, randomFrom, type Sent } from '../crash/ledger.ts';
import { inboxHeaders, type Load, type Passes, rush, sendUnsure, statusOf } from '../crash/load.ts';
import { enter } from '../crash/passes.ts';
import { configure, launch, type Server, users } from '../crash/server.ts';
import { isLong } from '../support/long.ts';
import {
  ask,
  createPostgresData,
  createPostgresFolder,
  makePostgresFolder,
  type ProgramServer,
  requirePostgresPrograms,
  runPostgresProgram,
  startPostgresData,
  writePostgresFile,
} from '../support/postgres-programs.ts';

const lacking = isLong ? requirePostgresPrograms() : 'it starts several servers under load: npm run test:all runs it';
const timeout = 300_000;

/** Acknowledged sends before a backup begins, and after the last one has ended. */
const some = 40;

/** What was acknowledged before a moment: sends, and reads by user and name. */
type Acknowledged = { readonly sent: readonly Sent[]; readonly read: ReadonlySet<string> };

type Taken = {
  readonly passes: Passes;
  readonly beforeDump: Acknowledged;
  readonly beforePoint: Acknowledged;
  /** The last number of each user's stream, which the backups do not have. */
  readonly cursors: ReadonlyMap<string, number>;
};

let folder: string | undefined;
let own: ProgramServer;
let taken: Taken;
const launched: (() => Promise<void>)[] = [];

beforeAll(async () => {
  if (lacking !== undefined) return;
  folder = makePostgresFolder();
  createPostgresFolder(join(folder, 'archive'));
  await createPostgresData(join(folder, 'data'));
  own = await startPostgresData(join(folder, 'data'), {
    archive_mode: 'on',
    archive_command: `cp %p ${folder}/archive/%f`,
  });
  await ask(own.urlOf('postgres'), 'create database huizhi');
  taken = await backUpUnderLoad(folder);
}, timeout);

afterAll(async () => {
  if (folder === undefined) return;
  for (const kill of launched) await kill();
  await own?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(({ skip }) => skip(lacking !== undefined, lacking));

async function startHuizhi(database: string): Promise<Server> {
  const place = mkdtempSync(join(folder ?? '', 'huizhi-'));
  configure(place);
  const { ready, kill } = launch(place, database);
  launched.push(kill);
  return ready;
}

/** Takes a dump and a base backup of a server under load. */
async function backUpUnderLoad(place: string): Promise<Taken> {
  const url = own.urlOf('huizhi');
  const server = await startHuizhi(url);
  const [ledger, passes] = [createLedger(), await enter(server)];
  const load: Load = { server, ledger, passes, random: randomFrom(1) };
  const ended = rush(load);
  try {
    await reach(ledger, some);
    const beforeDump = copyOf(ledger);
    await runPostgresProgram('pg_dump', '--format=custom', `--file=${place}/huizhi.dump`, url);
    if (isLong) await runPostgresProgram('pg_basebackup', '-D', join(place, 'base'), '-c', 'fast', '-d', url);
    const beforePoint = copyOf(ledger);
    if (isLong) await archivePoint(url);
    await reach(ledger, ledger.sent.size + some);
    return { passes, beforeDump, beforePoint, cursors: await readCursors(load) };
  } finally {
    await server.kill();
    await ended;
    expect(ledger.complaints).toEqual([]);
  }
}

/** Waits until a number of sends is acknowledged. Fails at once if a caller of the load has met anything but that. */
async function reach({ sent, complaints }: Ledger, end: number): Promise<void> {
  await vi.waitUntil(() => sent.size >= end || complaints.length > 0, { timeout: 60_000, interval: 20 });
  expect(complaints).toEqual([]);
}

const copyOf = ({ sent, read }: Ledger): Acknowledged => ({
  sent: [...sent.values()].map((message) => ({ ...message })),
  read: new Set(read),
});

/** Names the state of the database now, and waits until its log is archived. */
async function archivePoint(url: string): Promise<void> {
  await ask(url, `select pg_create_restore_point('before-the-mistake')`);
  const file = String(await ask(url, 'select pg_walfile_name(pg_switch_wal())'));
  const isArchived = `select last_archived_wal >= '${file}' from pg_stat_archiver`;
  await vi.waitFor(async () => expect(await ask(url, isArchived)).toBe(true), { timeout: 30_000 });
}

/** Sends a message to everybody, and follows each stream from a number until it arrives. */
async function follow(load: Load, name: string, since: (user: string) => number) {
  const line = connection(load.server.url);
  load.ledger.unsure.set(name, { name, userIds: users, idempotent: true });
  await sendUnsure(load, line, name);
  const isLast = ({ data }: StreamEvent) => data.msgParam === JSON.stringify({ content: name });
  const events = new Map<string, readonly StreamEvent[]>();
  for (const user of users) {
    const path = `/inbox/v1/events?since=${since(user)}`;
    events.set(user, await line.follow(path, inboxHeaders(load.passes, user), isLast));
  }
  line.close();
  return events;
}

async function readCursors(load: Load): Promise<Taken['cursors']> {
  const events = await follow(load, 'last before the loss', () => 0);
  return new Map([...events].map(([user, own]) => [user, own.at(-1)?.id ?? 0]));
}

/** Checks that a server on a restored database has what was acknowledged, and that its followers miss nothing. */
async function checkRestored(database: string, { sent, read }: Acknowledged): Promise<void> {
  const server = await startHuizhi(database);
  const load: Load = { server, ledger: createLedger(), passes: taken.passes, random: randomFrom(2) };
  const line = connection(server.url);
  for (const message of sent) await checkReceipt(line, message, read);
  line.close();
  expect(sent.length).toBeGreaterThanOrEqual(some);
  const events = await follow(load, 'first after the restore', (user) => taken.cursors.get(user) ?? 0);
  for (const [user, own] of events) expect(own[0]?.id, user).toBeGreaterThan(2 ** 27);
}

async function checkReceipt(line: Connection, message: Sent, read: ReadonlySet<string>): Promise<void> {
  const { status, body } = await statusOf(taken.passes, line, message);
  const list = body.messageReadInfoList as readonly { readonly userId: string; readonly readStatus: string }[];
  expect([message.name, status, list.map(({ userId }) => userId)]).toEqual([message.name, 200, message.userIds]);
  if (message.recall === 'acknowledged') expect([message.name, body.sendStatus]).toEqual([message.name, 'RECALLED']);
  for (const { userId, readStatus } of list) {
    const what = `${userId} ${message.name}`;
    if (read.has(what)) expect([what, readStatus]).toEqual([what, 'READ']);
  }
}

test('a restored dump has everything that was acknowledged before it began, and followers miss nothing', {
  timeout,
}, async () => {
  await ask(own.urlOf('postgres'), 'create database restored');
  const url = own.urlOf('restored');
  await runPostgresProgram('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${url}`, `${folder}/huizhi.dump`);
  await checkRestored(url, taken.beforeDump);
});

test('point-in-time recovery has everything that was acknowledged before its point, and followers miss nothing', {
  timeout,
}, async ({ skip }) => {
  skip(!isLong, 'a base backup and a recovery take more than 10 seconds: set HUIZHI_LONG=1');
  const base = join(folder ?? '', 'base');
  writePostgresFile(join(base, 'recovery.signal'), '');
  const recovered = await startPostgresData(base, {
    restore_command: `cp ${folder}/archive/%f %p`,
    recovery_target_name: 'before-the-mistake',
    recovery_target_action: 'promote',
  });
  onTestFinished(() => recovered.stop());
  const url = recovered.urlOf('huizhi');
  await expect.poll(() => ask(url, 'select pg_is_in_recovery()'), { timeout: 30_000 }).toBe(false);
  await checkRestored(url, taken.beforePoint);
});
