import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { openStore } from '../open.ts';
import { type OwnServer, startServer } from './server.contract.ts';

/** The database with the schema in every server that the tests start. */
export const templateDatabase = 'huizhi_template';

/**
 * The collation of the test databases. It differs from code point order, so that a key without collation "C" fails a
 * test.
 */
export const collation = `template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C'`;

const password = 'only-for-tests';
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_wal_size: '128MB',
  unix_socket_directories: '',
};
const store = join(import.meta.dirname, '..');
const cache = join(import.meta.dirname, '../../../node_modules/.cache/huizhi-postgres');

/**
 * Starts a server whose data folder is a copy of a prepared one, which has `templateDatabase`: initdb and the migrations
 * take seconds, a copy does not. The first call prepares it, and again after a change of the store.
 */
export async function startPreparedServer(): Promise<OwnServer> {
  const prepared = join(cache, hashStore());
  if (!existsSync(prepared)) await prepare(prepared);
  const folder = makeFolder();
  copy(prepared, folder);
  return startServer({ folder, password, settings });
}

/**
 * Creates the prepared data folder. If several processes do so at the same time, each creates one, and one of them is
 * kept.
 */
async function prepare(prepared: string): Promise<void> {
  const folder = makeFolder();
  const server = await startServer({ folder, password, settings, initdbFlags: ['--no-sync'] });
  const admin = postgres(server.urlOf('postgres'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${templateDatabase} ${collation}`);
  await (await openStore(server.urlOf(templateDatabase))).close();
  await admin.end();
  await server.halt();
  mkdirSync(cache, { recursive: true });
  const copied = mkdtempSync(join(cache, 'new-'));
  copy(folder, copied);
  rmSync(folder, { recursive: true, force: true });
  keep(copied, prepared);
}

function keep(copied: string, prepared: string): void {
  const older = readdirSync(cache).filter((name) => !name.startsWith('new-'));
  try {
    renameSync(copied, prepared);
  } catch (error) {
    rmSync(copied, { recursive: true, force: true });
    if (!existsSync(prepared)) throw error;
    return;
  }
  for (const name of older) rmSync(join(cache, name), { recursive: true, force: true });
}

/** Copies the content of a folder, and the owner and the mode of everything in it and of the folder itself. */
const copy = (from: string, to: string) => execFileSync('cp', ['-pR', `${from}/.`, to]);

/** Identifies the sources that decide what a prepared data folder or database has in it. */
export function hashStore(): string {
  const hash = createHash('sha256').update(readFileSync(join(store, '../../package-lock.json')));
  for (const name of readdirSync(store, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (name.endsWith('.ts') && !name.endsWith('.test.ts')) hash.update(name).update(readFileSync(join(store, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Makes a data folder, in memory if there is plenty: the tests create and drop hundreds of databases, each of a thousand
 * files.
 */
function makeFolder(): string {
  return mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'huizhi-postgres-'));
}

/** In bytes. */
const plenty = 4 * 1024 ** 3;

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= plenty;
}
