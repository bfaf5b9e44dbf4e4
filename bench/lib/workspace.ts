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
import { migrations } from '../../src/store/migrations/index.ts';
import { type Plan, readShare, type Sizes, seed, sizesOf } from '../seed.ts';

/** A database file full of messages, half of their deliveries read. */
export type Seeded = {
  readonly path: string;
  readonly plan: Plan;
  /** Sizes before any read, and after half of the deliveries are read. */
  readonly sizes: { readonly unread: Sizes; readonly half: Sizes };
};

/** The folder of a run, and the files in it. */
export type Workspace = {
  readonly folder: string;
  /** A seeded file, made on the first call. */
  seeded(what: Pick<Plan, 'messages' | 'recipients' | 'users'>): Promise<Seeded>;
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

async function seedFile(
  folder: string,
  what: Pick<Plan, 'messages' | 'recipients' | 'users'>,
  say: (text: string) => void,
) {
  const path = join(folder, `${what.messages}x${what.recipients}-${what.users}-${schemaMark()}.db`);
  const note = `${path}.json`;
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Seeded;
  const started = performance.now();
  const { messages, recipients, users } = what;
  const plan: Plan = { messages, recipients, users, firstSentAt: Date.now() - halfDay, span: halfDay - 600_000 };
  const growing = join(folder, 'growing.db');
  drop(growing);
  await seed(growing, plan);
  const unread = await sizesOf(growing, plan);
  await readShare(growing, plan, 0, 0.5);
  const half = await sizesOf(growing, plan);
  renameSync(growing, path);
  const made: Seeded = { path, plan, sizes: { unread, half } };
  writeFileSync(note, JSON.stringify(made));
  const took = Math.round((performance.now() - started) / 1000);
  say(`seeded ${what.messages} messages of ${what.recipients} (${Math.round(half.bytes / 2 ** 20)} MiB) in ${took} s`);
  return made;
}

/** A file of another schema version cannot be reused. */
function schemaMark(): string {
  const steps = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1));
  return hash('sha256', steps.join()).slice(0, 8);
}
