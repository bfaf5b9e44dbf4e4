import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { processorSeconds } from './process.ts';

type Gets = { readonly method: 'GET'; readonly paths: readonly string[] };
type Posts = { readonly method: 'POST'; readonly path: string; readonly bodies: readonly string[] };

/**
 * What wrk sends: GETs of many paths, or POSTs of many bodies to one path; in order, and repeatedly. With `post`, the
 * same POST follows every ten GETs.
 */
export type Requests = (Gets & { readonly post?: { readonly path: string; readonly body: string } }) | Posts;

export type Load = {
  readonly url: string;
  /** The server's process, whose processor time is measured. */
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: Requests;
  readonly connections: number;
  readonly seconds: number;
  /** The folder for the script and its list of requests. */
  readonly folder: string;
};

export type Measured = {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
  /**
   * Processor time of the server for each second: about 1 if the server, and neither wrk nor other processes, was the
   * bottleneck.
   */
  readonly serverBusy: number;
  /** Microseconds of the server's processor time for each request, which other processes affect less than the rate. */
  readonly microsPerRequest: number;
};

/**
 * Runs wrk on one thread; throws if any response was not a success, because a fast error would count as a fast
 * response.
 */
export async function runWrk(load: Load): Promise<Measured> {
  const list = join(load.folder, 'requests.txt');
  const script = join(load.folder, 'requests.lua');
  const { requests } = load;
  writeFileSync(list, `${(requests.method === 'GET' ? requests.paths : requests.bodies).join('\n')}\n`);
  writeFileSync(script, luaScript(load, list));
  const before = processorSeconds(load.pid);
  const text = await output([
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--timeout',
    '10s',
    '-s',
    script,
    load.url,
  ]);
  const used = processorSeconds(load.pid) - before;
  for (const file of [list, script]) rmSync(file);
  return toMeasured(text, used);
}

/** Every request is built before the clock starts, so that wrk only sends. */
function luaScript({ headers, requests }: Load, list: string): string {
  const set = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  const one =
    requests.method === 'GET' ? `wrk.format('GET', line)` : `wrk.format('POST', ${lua(requests.path)}, nil, line)`;
  const post = requests.method === 'GET' ? requests.post : undefined;
  if (post || requests.method === 'POST') set.push(`wrk.headers['content-type'] = 'application/json'`);
  const between = post ? `wrk.format('POST', ${lua(post.path)}, nil, ${lua(post.body)})` : 'nil';
  return `${set.join('\n')}
local ready, count, at, gets, post = {}, 0, 0, 0, nil
function init(args)
  post = ${between}
  for line in io.lines(${lua(list)}) do
    count = count + 1
    ready[count] = ${one}
  end
end
function request()
  if post and gets == 10 then
    gets = 0
    return post
  end
  gets = gets + 1
  at = at % count + 1
  return ready[at]
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"micros":%d,"failed":%d,"p50":%d,"p99":%d,"max":%d}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99), latency.max))
end
`;
}

/** A JSON string is a Lua string if it contains printable ASCII only. */
function lua(text: string): string {
  if (/[^\x20-\x7e]/.test(text)) throw new Error(`not for a Lua script: ${text}`);
  return JSON.stringify(text);
}

async function output(args: readonly string[]): Promise<string> {
  const [command, ...all] = [...onOwnCore(), 'wrk', ...args];
  const child = spawn(command ?? 'wrk', all, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`wrk ended with ${code}:\n${text}`);
  return text;
}

/**
 * Pins wrk to the last core where taskset is available (Linux): otherwise each response wakes wrk on the core of the
 * server, and the two preempt each other, which slows down the slower of two servers more than the faster one.
 */
function onOwnCore(): readonly string[] {
  const core = wrkCore();
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

/** The core to which wrk is pinned, or undefined if that is not possible. */
export function wrkCore(): number | undefined {
  const cores = cpus().length;
  return cores > 1 && spawnSync('taskset', ['--version']).status === 0 ? cores - 1 : undefined;
}

type Result = { requests: number; micros: number; failed: number; p50: number; p99: number; max: number };

function toMeasured(text: string, used: number): Measured {
  const json = /^RESULT (.+)$/m.exec(text)?.[1];
  if (json === undefined) throw new Error(`wrk gave no result:\n${text}`);
  const { requests, micros, failed, p50, p99, max } = JSON.parse(json) as Result;
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests failed:\n${text}`);
  const seconds = micros / 1e6;
  return {
    requests,
    seconds,
    perSecond: requests / seconds,
    p50Milliseconds: p50 / 1000,
    p99Milliseconds: p99 / 1000,
    maxMilliseconds: max / 1000,
    serverBusy: used / seconds,
    microsPerRequest: (used * 1e6) / requests,
  };
}
