import { shown } from './connection.ts';
import type { Command, Sample } from './server.ts';

/** One request that was answered in a way that it must not be. */
export type Failure = {
  readonly command: Command;
  readonly seed: number;
  readonly index: number;
  readonly call: string;
  readonly kinds: readonly string[];
  readonly problem: string;
  readonly bytes: Buffer;
  readonly answer?: Buffer;
};

type Counts = Map<string, number>;

/** What was tried against one server. */
export type Report = {
  readonly command: Command;
  requests: number;
  seconds: number;
  readonly calls: Counts;
  readonly kinds: Counts;
  readonly outcomes: Counts;
  /** Refused requests after which the state was compared. */
  compared: number;
  readonly failures: Failure[];
  readonly samples: Sample[];
};

export function createReport(command: Command): Report {
  return {
    command,
    requests: 0,
    seconds: 0,
    calls: new Map(),
    kinds: new Map(),
    outcomes: new Map(),
    compared: 0,
    failures: [],
    samples: [],
  };
}

export function count(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The report as text. */
export function renderReport(report: Report): string {
  const { command, requests, seconds, compared, samples, failures } = report;
  const [first, last] = [samples[0], samples.at(-1)];
  const lag = Math.max(...samples.map((one) => one.lag));
  const memory = first && last ? `${mib(first.memory)} to ${mib(last.memory)} MiB` : 'not measured';
  return [
    `${command}: ${requests} requests in ${seconds.toFixed(1)} s; the state was compared after ${compared} of them`,
    `memory ${memory}, descriptors ${first?.descriptors} to ${last?.descriptors}, longest delay of the event loop ${lag.toFixed(2)} s`,
    '',
    table('by call', report.calls),
    table('by kind of mutation', report.kinds),
    table('by answer', report.outcomes),
    `${command}: ${failures.length} failures`,
  ].join('\n');
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}

function table(title: string, counts: Counts): string {
  const rows = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key, number]) => `  ${String(number).padStart(7)}  ${key}`);
  return `${title}:\n${rows.join('\n')}\n`;
}

const longestBytes = 4_000;

/** How to send the same bytes again, beside what was wrong. */
export function renderFailure({ command, seed, index, call, kinds, problem, bytes, answer }: Failure): string {
  const hex = bytes.subarray(0, longestBytes).toString('hex');
  const rest = bytes.length > longestBytes ? ` (the first ${longestBytes} of ${bytes.length} bytes)` : '';
  return [
    `FAILURE ${command} seed ${seed} index ${index}: ${problem}`,
    `  call: ${call}; mutations: ${kinds.join(', ') || 'none'}`,
    `  request: ${shown(bytes)}`,
    `  answer: ${answer ? shown(answer) : 'none'}`,
    `  again: npm run fuzz -- --command ${command} --seed ${seed} --only ${index}`,
    `  bytes${rest}: printf %s ${hex} | xxd -r -p | nc 127.0.0.1 8720`,
    '',
  ].join('\n');
}
