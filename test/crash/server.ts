import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist', 'cli', 'main.js');
const main = existsSync(built) ? built : join(root, 'src', 'cli', 'main.ts');

export const users = ['u0', 'u1', 'u2', 'u3', 'u4'] as const;
export const robotCode = 'dingcrash';
export const app = { appKey: 'crashapp', appSecret: 'a-secret-of-the-crash-test' };
export const adminToken = 'admin-token-of-the-crash-test';

/** Writes the configuration of a server into a folder. */
export function configure(folder: string): void {
  const people = users.map((userId) => `{ userId: ${userId}, name: ${userId} }`).join(', ');
  writeFileSync(
    join(folder, 'huizhi.yaml'),
    `organizations:
  - { corpId: corp, name: C, users: [${people}] }
apps:
  - { appKey: ${app.appKey}, appSecret: ${app.appSecret}, kind: internal, corpId: corp, permissions: [qyapi_robot_sendmsg] }
robots:
  - { robotCode: ${robotCode}, name: R, appKey: ${app.appKey}, installedIn: [corp] }
`,
  );
}

/** A huizhi process on the database in its folder. */
export type Server = {
  readonly url: URL;
  readonly pid: number;
  /** Its log so far. */
  readonly log: () => string;
  /** Kills it without warning, as a power cut would. */
  kill(): Promise<void>;
};

export type Launched = {
  /** Resolves when the server listens, and rejects when it ends before that. */
  readonly ready: Promise<Server>;
  readonly pid: number;
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<unknown>;
  readonly kill: () => Promise<void>;
};

/**
 * Starts a server without waiting for it; `env` is added to the environment of this process. `words` are the command and
 * its options.
 */
export function launch(
  folder: string,
  database = 'crash.db',
  env: Readonly<Record<string, string>> = {},
  words: readonly string[] = ['serve', '--port', '0'],
): Launched {
  const args = [main, ...words, '--database', database, '--json'];
  const options = { cwd: folder, env: { ...process.env, HUIZHI_ADMIN_TOKEN: adminToken, ...env } };
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  const lines = collect(child);
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const ready = (async (): Promise<Server> => {
    const ended = exited.then(() => Promise.reject(new Error(`the server ended before it listened: ${lines.log}`)));
    ended.catch(() => {});
    while (!lines.told.includes('\n')) await Promise.race([once(child.stdout, 'data'), ended]);
    return { url: new URL((JSON.parse(lines.told) as { url: string }).url), pid, log: () => lines.log, kill };
  })();
  ready.catch(() => {});
  return { ready, pid, exited, kill };
}

function collect({ stdout, stderr }: ChildProcess): { told: string; log: string } {
  const lines = { told: '', log: '' };
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    lines.told += text;
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.log += text;
  });
  return lines;
}
