import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { onTestFinished, vi } from 'vitest';
import { programPath } from './debian.ts';

/** A PgBouncer in front of a PostgreSQL server. */
export type Bouncer = {
  /** The address of a database of the server through this pooler. */
  through(database: string): string;
  /** Stops it with all connections, and starts it again. */
  restart(): Promise<void>;
  /** Its log. */
  log(): string;
  stop(): Promise<void>;
};

export type BouncerPlan = {
  readonly mode?: 'transaction' | 'session';
  /** Lines of the section [pgbouncer]. */
  readonly settings?: readonly string[];
  /** The name or path of another build of the program. */
  readonly program?: string;
};

/** Unix users without files of their own. PgBouncer refuses to run as root. */
const nobody = 65_534;

/**
 * Starts PgBouncer in front of the server of a database. Consecutive transactions use different server connections, so
 * that state of a session shows up in others.
 */
export async function startBouncer(database: string, plan: BouncerPlan = {}): Promise<Bouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-pgbouncer-'));
  const port = await freePort();
  writeConfiguration(folder, new URL(database), port, plan);
  let log = '';
  const start = async () => {
    const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    const program = programPath(plan.program ?? 'pgbouncer') ?? 'pgbouncer';
    const child = spawn(program, [join(folder, 'pgbouncer.ini')], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
    await vi.waitFor(() => answer(through(database)), { timeout: 20_000 });
    return child;
  };
  const through = (target: string) => {
    const url = new URL(target);
    url.port = String(port);
    url.hostname = '127.0.0.1';
    return url.href;
  };
  let child = await start();
  return {
    through,
    log: () => log,
    async restart() {
      await stopPooler(child);
      child = await start();
    },
    async stop() {
      await stopPooler(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same for one test. */
export async function testBouncer(database: string, plan?: BouncerPlan): Promise<Bouncer> {
  const bouncer = await startBouncer(database, plan);
  onTestFinished(() => bouncer.stop());
  return bouncer;
}

function writeConfiguration(folder: string, server: URL, port: number, plan: BouncerPlan): void {
  const ini = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || 5432}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${join(folder, 'users.txt')}`,
    `pool_mode = ${plan.mode ?? 'transaction'}`,
    'max_client_conn = 500',
    'default_pool_size = 5',
    'server_round_robin = 1',
    ...(plan.settings ?? []),
  ];
  const quoted = (text: string) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`;
  writeFileSync(join(folder, 'users.txt'), `${quoted(server.username)} ${quoted(server.password)}\n`);
  writeFileSync(join(folder, 'pgbouncer.ini'), `${ini.join('\n')}\n`);
  chmodSync(folder, 0o755);
}

async function answer(url: string): Promise<void> {
  const client = postgres(url, { max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 2 });
  try {
    await client.unsafe('select 1').simple();
  } finally {
    await client.end({ timeout: 1 });
  }
}

async function stopPooler(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGQUIT');
  await gone;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
