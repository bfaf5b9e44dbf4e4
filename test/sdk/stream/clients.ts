/** Echo bots with the official SDKs for Stream mode. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { main } from '../../support/command.ts';
import { type Command, runOrThrow } from '../command.ts';
import { findMissingPython, needs, openEnvironment } from '../python-environment.ts';

/** An SDK in one version. */
export type StreamSdk = {
  readonly name: string;
  /** Whether it has the vendor's host as a constant, so that its bot runs under `huizhi run`. */
  readonly hasConstantHost: boolean;
  /** Whether its bot ends when it cannot connect again at once. */
  readonly endsInOutage?: true;
  /** Returns what is missing on this machine, or undefined. */
  missing(): Promise<string | undefined>;
  /** Installs the packages of the lock files if they are missing, and returns the command that runs the bot. */
  prepare(): Promise<Omit<Command, 'cwd'>>;
};

const folder = (name: string) => fileURLToPath(new URL(`${name}/`, import.meta.url));

const node = (version: string, SDK: string): StreamSdk => ({
  name: `Node ${version}`,
  hasConstantHost: true,
  missing: async () => undefined,
  prepare: async () => ({ file: process.execPath, args: [join(folder('node'), 'bot.mjs')], env: { SDK } }),
});

const python = (version: string): StreamSdk => ({
  name: `Python ${version}`,
  hasConstantHost: false,
  missing: findMissingPython,
  prepare: async () => ({
    file: await openEnvironment(
      folder('python'),
      join(folder('python'), `requirements-${version}.txt`),
      join(folder('python'), '.venv', version),
    ),
    args: [join(folder('python'), 'bot.py')],
  }),
});

const go = (version: string, modules: string): StreamSdk => ({
  name: `Go ${version}`,
  hasConstantHost: false,
  missing: () => needs('Go', { file: 'go', args: ['version'] }),
  async prepare() {
    const file = join(tmpdir(), `huizhi-stream-go-${version}-${process.pid}`);
    await runOrThrow({ file: 'go', args: ['build', `-modfile=${modules}`, '-o', file, '.'], cwd: folder('go') });
    return { file, args: [] };
  },
});

const java = (version: string): StreamSdk => ({
  name: `Java ${version}`,
  hasConstantHost: true,
  async missing() {
    const jdk = await needs('a JDK of version 17 or later', { file: 'javac', args: ['--release', '17', '--version'] });
    return jdk ?? needs('Maven', { file: 'mvn', args: ['--version'] });
  },
  async prepare() {
    const file = join(tmpdir(), `huizhi-stream-java-${version}-${process.pid}.txt`);
    const options = [`-Dmdep.outputFile=${file}`, `-Dstream.version=${version}`];
    const args = ['--quiet', '--batch-mode', 'dependency:build-classpath', ...options];
    await runOrThrow({ file: 'mvn', args, cwd: folder('java') });
    return { file: 'java', args: ['-cp', readFileSync(file, 'utf8'), join(folder('java'), 'Bot.java')] };
  },
});

/** The newest version of each SDK that its registry has. */
export const streamSdks: readonly StreamSdk[] = [
  node('2.1.5', 'dingtalk-stream'),
  python('0.24.3'),
  go('0.9.1', 'go.mod'),
  java('1.3.12'),
];

/** An older version of each, for the long run. */
export const olderStreamSdks: readonly StreamSdk[] = [
  { ...node('2.1.4', 'dingtalk-stream-older'), endsInOutage: true },
  python('0.20.0'),
  go('0.8.0', 'older.mod'),
  java('1.3.7'),
];

/** What a bot has received: a message, a click on a card, or an event. */
export type Received = {
  readonly type: string;
  readonly topic: string;
  readonly eventType?: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** A running bot. */
export type Bot = {
  readonly received: readonly Received[];
  readonly output: () => string;
  /** Resolves when its process has ended. */
  readonly ended: Promise<unknown>;
};

export type BotOptions = {
  /** The server. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Runs under `huizhi run` although the SDK has an option for the host. */
  readonly isUnderRun?: boolean;
};

/** Starts a bot, which runs until the test ends. */
export async function startBot(sdk: StreamSdk, { url, clientId, clientSecret, ...more }: BotOptions): Promise<Bot> {
  const { file, args, env } = await sdk.prepare();
  const isUnderRun = more.isUnderRun ?? sdk.hasConstantHost;
  const words = isUnderRun ? [process.execPath, main, 'run', '--endpoint', url, '--', file, ...args] : [file, ...args];
  const host = isUnderRun ? {} : { DINGTALK_OPENAPI_ENDPOINT: url, HUIZHI: url };
  const [command = '', ...rest] = words;
  const child = spawn(command, rest, {
    cwd: folder('.'),
    env: { ...process.env, ...env, ...host, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return { ...collect(child), ended };
}

function collect({ stdout, stderr }: ChildProcess): Omit<Bot, 'ended'> {
  const received: Received[] = [];
  let output = '';
  stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  if (stdout)
    createInterface(stdout).on('line', (line) => {
      // The SDKs print other lines, too.
      if (line.startsWith('{"')) received.push(JSON.parse(line) as Received);
      else output += `${line}\n`;
    });
  return { received, output: () => output };
}
