import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from '../support/environment.ts';
import { fetchText } from './fetch-text.ts';
import { organizations } from './organizations.ts';

/** Commands that start a server. */
export type Command = 'dev' | 'serve';

/** The built package in a process of its own, with the organizations of this suite. */
export type Server = {
  readonly url: string;
  readonly port: number;
  /** How the process has ended, or undefined while it runs. */
  ended(): string | undefined;
  /** Lines of its log at the levels error and fatal. */
  errors(): readonly string[];
  stop(): Promise<void>;
};

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** The operator's token of every server of this suite. */
export const adminToken = 'admin-token-of-the-fuzz-suite';

/** How long a start may take, in milliseconds. */
const startTime = 60_000;

/** Starts the server on a free port, in an empty folder. */
export async function startServer(command: Command, database: string | undefined): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-fuzz-'));
  writeFileSync(join(folder, 'huizhi.yaml'), JSON.stringify(organizations));
  const child = spawn(
    process.execPath,
    [main, command, '--config', 'huizhi.yaml', '--port', '0', '--json', '--log-format', 'json'],
    {
      cwd: folder,
      env: {
        ...bareEnvironment,
        HUIZHI_ADMIN_TOKEN: adminToken,
        ...(database !== undefined && { HUIZHI_DATABASE: database }),
      },
    },
  );
  const output = readOutput(child);
  let end: string | undefined;
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      end = `the process ended with ${signal ?? code}`;
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
  });
  const late = setTimeout(() => child.kill('SIGKILL'), startTime);
  const url = await Promise.race([
    output.url,
    closed.then(() => Promise.reject(new Error(`no server: ${end}: ${output.text().slice(-2000)}`))),
  ]).finally(() => clearTimeout(late));
  return {
    url,
    port: Number(new URL(url).port),
    ended: () => end,
    errors: output.errors,
    stop: () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      return closed.finally(() => clearTimeout(timer));
    },
  };
}

function readOutput(child: ChildProcess) {
  const errors: string[] = [];
  let text = '';
  const lines = (chunk: string) => {
    text = (text + chunk).slice(-100_000);
    for (const line of chunk.split('\n')) if (/"level":"?(?:error|fatal|50|60)\b/.test(line)) errors.push(line);
  };
  const url = new Promise<string>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      lines(chunk);
      const found = /"url":"([^"]+)"/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  child.stderr?.setEncoding('utf8').on('data', lines);
  return { url, text: () => text, errors: () => errors };
}

/** Measurements of the process; NaN where the platform has none. */
export type Sample = {
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly descriptors: number;
  /** The longest delay of the event loop since the previous sample, in seconds. */
  readonly lag: number;
  readonly streams: number;
};

/** Reads `/metrics`. */
export async function sample(url: string): Promise<Sample> {
  const { text } = await fetchText(`${url}/metrics`);
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    memory: value('process_resident_memory_bytes'),
    descriptors: value('process_open_fds'),
    lag: value('nodejs_eventloop_lag_max_seconds'),
    streams: value('huizhi_streams'),
  };
}
