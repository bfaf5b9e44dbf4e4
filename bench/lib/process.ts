import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A process of the benchmark that is ready. */
export type Child = {
  readonly pid: number;
  /** The JSON of its first line on stdout. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  /** Resolves when a line on stderr contains the text. */
  line(text: string): Promise<string>;
  /** SIGTERM, then its end. */
  stop(): Promise<void>;
};

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/**
 * Starts this Node with these arguments and waits for a line of JSON on stdout; throws with its stderr if it exits
 * before. `env` is added to the environment.
 */
export async function startNode(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...bareEnvironment(), ...env },
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  const complaints = followLines(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (typeof first[0] !== 'string') throw new Error(`node ${args.join(' ')} ended:\n${complaints.text()}`);
  return {
    pid: child.pid ?? 0,
    said: JSON.parse(first[0]) as Record<string, unknown>,
    process: child,
    line: complaints.wait,
    stop: () => stopProcess(child),
  };
}

/**
 * Starts a command without a useful output, and waits until `ready` returns true; throws with its stderr if it exits
 * before, or is not ready within `seconds`.
 */
export async function startCommand(
  [command = '', ...args]: readonly string[],
  cwd: string,
  ready: () => Promise<boolean>,
  seconds = 30,
): Promise<Pick<Child, 'pid' | 'stop'>> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], env: bareEnvironment() });
  alive.add(child);
  const complaints = followLines(child);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(`ended with ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  void ended.then(() => alive.delete(child));
  const failed = await Promise.race([ended, untilReady(ready, seconds)]);
  const stop = () => stopProcess(child);
  if (failed === undefined) return { pid: child.pid ?? 0, stop };
  if (child.pid !== undefined) await stop();
  throw new Error(`${command}: ${failed}\n${complaints.text()}`);
}

async function untilReady(ready: () => Promise<boolean>, seconds: number): Promise<string | undefined> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (await ready()) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return `not ready after ${seconds} s`;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Runs a command to its end; returns its stdout, throws with its stderr if it fails. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 });
  return stdout;
}

/** Settings of the user for huizhi must not affect the measurement. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(HUIZHI_|NODE_OPTIONS$|DATABASE_URL$|PORT$)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** Keeps the last lines of stderr, and resolves waits for a line. */
function followLines(child: ChildProcess) {
  const last: string[] = [];
  const waiting = new Set<{ readonly text: string; readonly found: (line: string) => void }>();
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    last.push(line);
    if (last.length > 50) last.shift();
    for (const one of waiting) if (line.includes(one.text)) one.found(line);
  });
  return {
    text: () => last.join('\n'),
    wait: (text: string) =>
      new Promise<string>((resolve, reject) => {
        const before = last.find((line) => line.includes(text));
        if (before !== undefined) resolve(before);
        else waiting.add({ text, found: resolve });
        child.once('exit', () => reject(new Error(`the process ended before it said "${text}":\n${last.join('\n')}`)));
      }),
  };
}

/** Current and peak resident memory of a process, in bytes (Linux). */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Processor time of a process with all its threads, in seconds (Linux). */
export function processorSeconds(pid: number): number {
  const fields = statOf(pid);
  // utime and stime, in ticks of 10 ms on every Linux that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A port that was free a moment ago, for servers that cannot report the one they got. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Processor time of a process and its children, also of those that have exited, in seconds (Linux). */
export function treeSeconds(pid: number): number {
  const ofChildren = readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? secondsOfChild(Number(name), pid) : [],
  );
  const fields = statOf(pid);
  const ended = (Number(fields[13]) + Number(fields[14])) / 100;
  return processorSeconds(pid) + ended + ofChildren.reduce((sum, one) => sum + one, 0);
}

/** Zero for a process with another parent, or one that has exited since the list was made. */
function secondsOfChild(child: number, parent: number): readonly number[] {
  try {
    return Number(statOf(child)[1]) === parent ? [processorSeconds(child)] : [];
  } catch {
    return [];
  }
}

/** The fields of /proc/<pid>/stat after the name. */
function statOf(pid: number): readonly string[] {
  return (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '').split(' ');
}
