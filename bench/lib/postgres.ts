import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { startServer } from '../../src/store/contract/server.contract.ts';
import { openStore } from '../../src/store/open.ts';
import { type Plan, seedPeople } from '../seed.ts';
import type { Bench } from './bench.ts';
import { treeSeconds } from './process.ts';
import { counterStatements, receiptColumns, receiptRow } from './receipt-rows.ts';
import type { Seeded } from './workspace.ts';

/** A PostgreSQL server of the benchmark's own. */
export type Server = {
  /** The address of one of its databases. */
  urlOf(database: string): string;
  /** Processor time of all its processes, in seconds. */
  seconds(): number;
  /** A database with users and messages, as `serve` accepts it; made on the first call. */
  seeded(what: Pick<Plan, 'messages' | 'recipients' | 'users'>, name: string): Promise<Seeded>;
  /** Creates an empty database; returns its address. */
  create(name: string): Promise<string>;
  /** Runs statements as the administrator of a database. */
  tell(url: string, text: string): Promise<readonly (readonly unknown[])[]>;
  stop(): Promise<void>;
};

/** Settings that differ from the server's defaults; none makes a commit less durable. */
const settings = {
  shared_buffers: '1GB',
  max_wal_size: '4GB',
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '200',
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
};

/** Starts a server in the workspace and reports its settings. */
export async function startPostgres({ workspace, say }: Bench): Promise<Server> {
  // When this runs as root, the server runs as another user, which needs access to its folder.
  chmodSync(workspace.folder, 0o711);
  const folder = join(workspace.folder, 'postgres');
  const server = await startServer({ folder, password: 'only-for-the-benchmark', settings });
  const { urlOf } = server;
  const shown = ['server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'full_page_writes', 'max_wal_size'];
  const values = await Promise.all(shown.map((name) => tell(urlOf('postgres'), `show ${name}`)));
  say(`PostgreSQL ${values.map((rows, i) => `${shown[i]} ${rows[0]?.[0]}`).join(', ')}`);
  return {
    urlOf,
    seconds: () => treeSeconds(server.pid()),
    seeded: (what, name) => seedDatabase(urlOf, what, name, say),
    create: (name) => create(urlOf, name),
    tell,
    stop: server.stop,
  };
}

async function tell(url: string, text: string): Promise<readonly (readonly unknown[])[]> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await client.unsafe(text).values()) as unknown as unknown[][];
  } finally {
    await client.end();
  }
}

const halfDay = 12 * 3_600_000;

async function create(urlOf: (database: string) => string, name: string): Promise<string> {
  await tell(urlOf('postgres'), `drop database if exists ${name} with (force)`);
  await tell(urlOf('postgres'), `create database ${name}`);
  return urlOf(name);
}

async function seedDatabase(
  urlOf: (database: string) => string,
  what: Pick<Plan, 'messages' | 'recipients' | 'users'>,
  name: string,
  say: (text: string) => void,
): Promise<Seeded> {
  const path = urlOf(name);
  const started = performance.now();
  const plan: Plan = { ...what, firstSentAt: Date.now() - halfDay, span: halfDay - 600_000 };
  await create(urlOf, name);
  const store = await openStore(path);
  await seedPeople(store, plan);
  await store.close();
  if (plan.messages > 0) await copyMessages(path, plan);
  await tell(path, 'vacuum (analyze)');
  await tell(path, 'checkpoint');
  say(
    `seeded ${what.messages} messages of ${what.recipients} in ${Math.round((performance.now() - started) / 1000)} s`,
  );
  const none = { bytes: 0, contents: 0, perDelivery: 0, parts: {} };
  return { path, plan, sizes: { unread: none, half: none } };
}

/** Copies the messages only, half of them read: a receipt needs nothing else. */
async function copyMessages(url: string, plan: Plan): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  const into = await client.unsafe(`copy messages (${receiptColumns}) from stdin`).writable();
  await pipeline(Readable.from(linesOf(plan)), into);
  for (const statement of counterStatements(plan)) await client.unsafe(statement);
  await client.end();
}

/** Lines of a few thousand messages at a time. */
function* linesOf(plan: Plan): Generator<string> {
  const chunk = 1000;
  for (let first = 1; first <= plan.messages; first += chunk) {
    const last = Math.min(plan.messages, first + chunk - 1);
    yield Array.from({ length: last - first + 1 }, (_, i) => lineOf(plan, first + i)).join('');
  }
}

const lineOf = (plan: Plan, id: number) => `${receiptRow(plan, id).join('\t')}\n`;
