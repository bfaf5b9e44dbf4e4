import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A process of the benchmark that has said it is ready. */
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
 * Starts this Node with these arguments and waits for a line of JSON on stdout; throws with its stderr when it ends before. `env` is added to
 * the environment.
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
    stop: () => stopped(child),
  };
}

/**
 * Starts a command that says nothing of use, and waits until `ready` says that it is; throws with its stderr when it ends before, or is not
 * ready within `seconds`.
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
  const stop = () => stopped(child);
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

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Runs a command to its end; answers what it printed, throws what it complained when it fails. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 });
  return stdout;
}

/** What the user has set for huizhi must not change what is measured. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(HUIZHI_|NODE_OPTIONS$|DATABASE_URL$|PORT$)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** Keeps the last lines of stderr, and wakes who waits for one. */
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

/** Resident memory of a process and the most it ever had, in bytes (Linux). */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Seconds of processor time that a process has used, all its threads together (Linux). */
export function processorSeconds(pid: number): number {
  const fields = statOf(pid);
  // utime and stime, in ticks of 10 ms on every Linux that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A port that was free a moment ago, for those who cannot say which one they got. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Seconds of processor time that a process, those it has started and those of them that have ended have used (Linux). */
export function treeSeconds(pid: number): number {
  const ofChildren = readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? secondsOfChild(Number(name), pid) : [],
  );
  const fields = statOf(pid);
  const ended = (Number(fields[13]) + Number(fields[14])) / 100;
  return processorSeconds(pid) + ended + ofChildren.reduce((sum, one) => sum + one, 0);
}

/** Nothing for one that has another parent, or has ended since the list was made. */
function secondsOfChild(child: number, parent: number): readonly number[] {
  try {
    return Number(statOf(child)[1]) === parent ? [processorSeconds(child)] : [];
  } catch {
    return [];
  }
}

/** What /proc tells of a process, after its name. */
function statOf(pid: number): readonly string[] {
  return (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '').split(' ');
}
