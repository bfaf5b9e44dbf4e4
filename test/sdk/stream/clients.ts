/** Programs with the official SDKs for Stream mode. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Command, runOrThrow } from '../command.ts';
import { findMissingPython, needs, openEnvironment } from '../python-environment.ts';

/** An SDK in one version. */
export type StreamSdk = {
  readonly name: string;
  /** Returns what is missing on this machine, or undefined. */
  missing(): Promise<string | undefined>;
  /** Installs the packages of the lock files if they are missing, and returns the command that runs the program. */
  prepare(): Promise<Omit<Command, 'cwd'>>;
};

const folder = (name: string) => fileURLToPath(new URL(`${name}/`, import.meta.url));

const node = (version: string, SDK: string): StreamSdk => ({
  name: `Node ${version}`,
  missing: async () => undefined,
  prepare: async () => ({ file: process.execPath, args: [join(folder('node'), 'client.mjs')], env: { SDK } }),
});

const python = (version: string): StreamSdk => ({
  name: `Python ${version}`,
  missing: findMissingPython,
  prepare: async () => ({
    file: await openEnvironment(
      folder('python'),
      join(folder('python'), `requirements-${version}.txt`),
      join(folder('python'), '.venv', version),
    ),
    args: [join(folder('python'), 'client.py')],
  }),
});

const go = (version: string, modules: string): StreamSdk => ({
  name: `Go ${version}`,
  missing: () => needs('Go', { file: 'go', args: ['version'] }),
  async prepare() {
    const file = join(tmpdir(), `huizhi-stream-go-${version}-${process.pid}`);
    await runOrThrow({ file: 'go', args: ['build', `-modfile=${modules}`, '-o', file, '.'], cwd: folder('go') });
    return { file, args: [] };
  },
});

/** The newest available version of each SDK that can be told another host, and an older one. */
export const streamSdks: readonly StreamSdk[] = [
  node('2.1.5', 'dingtalk-stream'),
  python('0.24.3'),
  go('0.9.1', 'go.mod'),
];

/** An older version of each, for the long run. */
export const olderStreamSdks: readonly StreamSdk[] = [
  node('2.1.4', 'dingtalk-stream-older'),
  python('0.20.0'),
  go('0.8.0', 'older.mod'),
];

/** A push as a program has received it. */
export type Received = { readonly type: string; readonly data: unknown };

/** A running program. */
export type Program = { readonly received: readonly Received[]; readonly output: () => string };

/** Starts a program, which runs until the test ends. `env` has the server and the credentials. */
export async function startProgram(sdk: StreamSdk, env: Readonly<Record<string, string>>): Promise<Program> {
  const command = await sdk.prepare();
  const child = spawn(command.file, command.args, {
    cwd: folder('.'),
    env: { ...process.env, ...command.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  return collect(child);
}

function collect({ stdout, stderr }: ChildProcess): Program {
  const received: Received[] = [];
  let output = '';
  stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  if (stdout)
    createInterface(stdout).on('line', (line) => {
      // The SDKs print other lines, too.
      if (line.startsWith('{')) received.push(JSON.parse(line) as Received);
      else output += `${line}\n`;
    });
  return { received, output: () => output };
}
