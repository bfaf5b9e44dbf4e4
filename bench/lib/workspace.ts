import { hash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../src/store/migrations/index.ts';
import { type Plan, readShare, type Sizes, seed, sizesOf } from '../seed.ts';
import { counterStatements, receiptColumns, receiptRow } from './receipt-rows.ts';

/** A database file full of messages, half of their deliveries read. */
export type Seeded = {
  readonly path: string;
  readonly plan: Plan;
  /** Sizes before any read, and after half of the deliveries are read. */
  readonly sizes: { readonly unread: Sizes; readonly half: Sizes };
};

type What = Pick<Plan, 'messages' | 'recipients' | 'users'>;

/** The folder of a run, and the files in it. */
export type Workspace = {
  readonly folder: string;
  /** A seeded file, made on the first call. */
  seeded(what: What): Promise<Seeded>;
  /**
   * A file with users, and with the rows of messages only, half of their deliveries read: a receipt needs nothing else.
   * A hundred times faster than `seeded`, so that there can be many of them.
   */
  receipts(what: What): Promise<Seeded>;
  /** A copy of a database, for measurements that change it. */
  copy(path: string, name: string): string;
  /** Removes a database that is no longer needed. */
  drop(path: string): void;
  close(): void;
};

const halfDay = 12 * 3_600_000;

/** @param keep uses a fixed folder, which stays and whose files are reused; otherwise a temporary one */
export function openWorkspace(keep: boolean, say: (text: string) => void): Workspace {
  const folder = keep ? join(tmpdir(), 'huizhi-bench') : mkdtempSync(join(tmpdir(), 'huizhi-bench-'));
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    seeded: (what) => seedFile(folder, what, say),
    receipts: (what) => seedReceiptFile(folder, what, say),
    copy(path, name) {
      const to = join(folder, `${name}.db`);
      drop(to);
      copyFileSync(path, to);
      return to;
    },
    drop,
    close() {
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function drop(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
}

type Say = (text: string) => void;

const seedFile = (folder: string, what: What, say: Say) =>
  seedOnce(folder, '', what, say, async (path, plan) => {
    await seed(path, plan);
    const unread = await sizesOf(path, plan);
    await readShare(path, plan, 0, 0.5);
    return { unread, half: await sizesOf(path, plan) };
  });

const seedReceiptFile = (folder: string, what: What, say: Say) =>
  seedOnce(folder, '-receipts', what, say, async (path, plan) => {
    await seed(path, { ...plan, messages: 0 });
    insertReceipts(path, plan);
    const half = await sizesOf(path, plan);
    return { unread: half, half };
  });

/** Makes a file of the folder that has this content, unless it is there. */
async function seedOnce(
  folder: string,
  suffix: string,
  what: What,
  say: Say,
  fill: (path: string, plan: Plan) => Promise<Seeded['sizes']>,
): Promise<Seeded> {
  const path = join(folder, `${what.messages}x${what.recipients}-${what.users}${suffix}-${schemaMark()}.db`);
  const note = `${path}.json`;
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Seeded;
  const started = performance.now();
  const { messages, recipients, users } = what;
  const plan: Plan = { messages, recipients, users, firstSentAt: Date.now() - halfDay, span: halfDay - 600_000 };
  const growing = join(folder, 'growing.db');
  drop(growing);
  const sizes = await fill(growing, plan);
  renameSync(growing, path);
  const made: Seeded = { path, plan, sizes };
  writeFileSync(note, JSON.stringify(made));
  const took = Math.round((performance.now() - started) / 1000);
  const mebibytes = Math.round(sizes.half.bytes / 2 ** 20);
  say(`seeded ${what.messages} messages of ${what.recipients} (${mebibytes} MiB) in ${took} s`);
  return made;
}

/** Messages in one transaction. */
const chunk = 100_000;

/** Inserts the rows of the messages of a plan into a file that has none. */
function insertReceipts(path: string, plan: Plan): void {
  const db = new DatabaseSync(path);
  try {
    db.exec('pragma synchronous = off; pragma cache_size = -4000000');
    const marks = receiptColumns.replaceAll(/\w+/g, '?');
    const insert = db.prepare(`insert into messages (${receiptColumns}) values (${marks})`);
    for (let first = 1; first <= plan.messages; first += chunk) {
      db.exec('begin');
      for (let id = first; id < Math.min(first + chunk, plan.messages + 1); id++) insert.run(...receiptRow(plan, id));
      db.exec('commit');
    }
    for (const statement of counterStatements(plan)) db.exec(statement);
    db.exec('pragma wal_checkpoint(truncate)');
  } finally {
    db.close();
  }
}

/** A file of another schema version cannot be reused. */
function schemaMark(): string {
  const steps = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1));
  return hash('sha256', steps.join()).slice(0, 8);
}
