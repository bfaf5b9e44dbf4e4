import { checkRawReply, checkReply, isRefusal, mayWrite } from './check.ts';
import { type Connection, openConnection, parseReplies, type Reply } from './connection.ts';
import { fetchApi } from './document.ts';
import { targetOf } from './draft.ts';
import { type Current, printProgress } from './progress.ts';
import { exchangeRaw } from './raw-exchange.ts';
import { count, createReport, type Failure, type Report } from './report.ts';
import { blockKindOf, blockSize, createRaw, createRequest, type Request } from './requests.ts';
import { type Command, type Sample, type Server, sample, startServer } from './server.ts';
import { type Control, createControl, digestOf, prepare } from './state.ts';
import { createWorld, learn, type World } from './world.ts';

export type Options = {
  readonly command: Command;
  readonly seed: number;
  /** How many requests. */
  readonly count: number;
  /** Replays the request of this index alone. */
  readonly only?: number | undefined;
  /** A path or a PostgreSQL address; the command's own default if absent. */
  readonly database?: string | undefined;
  /** Connections at once. */
  readonly connections: number;
  /** A run stops after so many failures; 25 if absent. */
  readonly mostFailures?: number | undefined;
  /** Told of each failure as it happens. */
  readonly failed?: (failure: Failure) => void;
};

/** Bounds of the process under test; a run that exceeds one fails. */
export const bounds = {
  /** Growth of the resident memory since the first tenth of the run, in bytes. */
  memory: 256 * 1_048_576,
  /** Growth of the open descriptors while the suite has no connection open. */
  descriptors: 64,
  /** The longest delay of the event loop, in seconds. */
  lag: 5,
};

/** Reads that write: a token is extended, and readiness is a write to the store. */
const writes = ['GET /gettoken', 'GET /readyz'];

type Run = {
  readonly options: Options;
  readonly server: Server;
  readonly world: World;
  readonly control: Control;
  readonly report: Report;
  readonly current: Current;
};

/** Stands for a request where a failure belongs to none. */
const wholeRun = { call: 'the whole run', kinds: [], bytes: Buffer.alloc(0) };

/** Sends the requests of a seed to a server of its own, and reports what was answered. */
export async function runFuzz(options: Options): Promise<Report> {
  const server = await startServer(options.command, options.database);
  try {
    const api = await fetchApi(server.url);
    const world = createWorld(api, new URL(server.url).host);
    const report = createReport(options.command);
    const current: Current = { index: -1, request: wholeRun };
    const run = { options, server, world, control: createControl(server), report, current };
    const started = performance.now();
    const stopProgress = printProgress(report, options.only === undefined ? options.count : 1, current);
    await sendAll(run).catch((error: unknown) => {
      // The suite's own calls fail when the server has ended, which is a failure like any other.
      fail(run, current.index, current.request, `a call of the suite itself failed: ${String(error)}`);
    });
    stopProgress();
    run.report.seconds = (performance.now() - started) / 1000;
    checkProcess(run);
    return run.report;
  } finally {
    await server.stop();
  }
}

async function sendAll(run: Run): Promise<void> {
  const { options, report, world, control, server } = run;
  if (options.only !== undefined) {
    await prepare(world, control, options.command);
    return sendBlock(run, [options.only]);
  }
  for (let from = 0; from < options.count; from += blockSize) {
    await prepare(world, control, options.command);
    const length = Math.min(blockSize, options.count - from);
    await sendBlock(
      run,
      Array.from({ length }, (_, i) => from + i),
    );
    report.samples.push(await sample(server.url));
    if (report.failures.length >= (options.mostFailures ?? 25) || server.ended() !== undefined) return;
  }
}

async function sendBlock(run: Run, indexes: readonly number[]): Promise<void> {
  const kind = blockKindOf(indexes[0] ?? 0, run.options.command === 'dev');
  if (kind === 'compared' || kind === 'controls') return sendCompared(run, indexes, kind === 'controls');
  const queue = indexes.values();
  const work = kind === 'raw' ? sendRaws : sendRequests;
  await Promise.all(Array.from({ length: Math.min(run.options.connections, indexes.length) }, () => work(run, queue)));
}

/** One connection of several: sends the next request as long as there is one. */
async function sendRequests(run: Run, queue: IterableIterator<number>): Promise<void> {
  let connection: Connection | undefined;
  for (const index of queue) {
    if (!connection?.isOpen()) connection = open(run, index);
    await sendOne(run, connection, index);
  }
  connection?.close();
}

/** One request after the other; what was refused, or only read, must have changed nothing. */
async function sendCompared(run: Run, indexes: readonly number[], resets: boolean): Promise<void> {
  const { control, options, report } = run;
  if (options.command === 'dev') await control('POST', '/emulator/v1/clock', { freeze: true });
  const frozen = resets ? (await control('GET', '/emulator/v1/snapshot')).fields : undefined;
  let digest = await digestOf(control, options.command);
  let connection: Connection | undefined;
  for (const index of indexes) {
    if (!connection?.isOpen()) connection = open(run, index);
    const sent = await sendOne(run, connection, index);
    if (!sent) continue;
    const { draft } = sent.request;
    const mayChange = !isRefusal(sent.reply) && mayWrite(run.world.api, draft.method, targetOf(draft));
    if (mayChange && resets) await control('PUT', '/emulator/v1/snapshot', frozen);
    const after = await digestOf(control, options.command);
    report.compared += 1;
    if (after !== digest && !mayChange && !writes.includes(sent.request.call))
      fail(run, index, sent.request, 'it was refused or only read, and the state has changed', sent.reply);
    digest = after;
  }
  connection?.close();
}

async function sendOne(
  run: Run,
  connection: Connection,
  index: number,
): Promise<{ readonly request: Request; readonly reply: Reply } | undefined> {
  const { world, options, report } = run;
  const request = createRequest(world, options.seed, index);
  report.requests += 1;
  Object.assign(run.current, { index, request });
  count(report.calls, request.call);
  for (const kind of request.kinds.length === 0 ? ['none'] : request.kinds) count(report.kinds, kind);
  try {
    const reply = await connection.send(request.bytes);
    const { outcome, problem } = checkReply(world.api, request.draft.method, targetOf(request.draft), reply);
    count(report.outcomes, outcome);
    if (problem !== undefined) fail(run, index, request, problem, reply);
    if (reply.status === 200 && reply.headers.get('content-type')?.[0]?.startsWith('application/json'))
      learn(world, JSON.parse(reply.body.toString() || '{}'));
    return { request, reply };
  } catch (error) {
    count(report.outcomes, 'no answer');
    fail(run, index, request, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function sendRaws(run: Run, queue: IterableIterator<number>): Promise<void> {
  for (const index of queue) await sendRaw(run, index);
}

async function sendRaw(run: Run, index: number): Promise<void> {
  const { world, options, report, server } = run;
  const { call, form } = createRaw(world, options.seed, index);
  report.requests += 1;
  const request = { call, kinds: [form.kind], bytes: Buffer.concat(form.pieces) };
  Object.assign(run.current, { index, request });
  count(report.calls, 'bytes on a socket');
  count(report.kinds, form.kind);
  const last = Buffer.from(`GET /healthz HTTP/1.1\r\nhost: ${world.host}\r\nconnection: close\r\n\r\n`);
  const { received, closed } = await exchangeRaw(server.port, form, last, addressOf(index));
  const { replies, wrong } = parseReplies(received);
  for (const reply of replies) {
    const { outcome, problem } = checkRawReply(world.api, reply);
    count(report.outcomes, outcome);
    if (problem !== undefined) fail(run, index, request, problem, reply);
  }
  if (replies.length === 0) count(report.outcomes, 'closed');
  if (!closed) fail(run, index, request, 'the connection stays open');
  // Where the caller has gone, half an answer is all that can arrive.
  if (wrong !== undefined && form.end === 'next') fail(run, index, request, wrong);
  if (replies.length === 0 && form.end === 'next') fail(run, index, request, 'no answer');
}

/** Each connection comes from an address of its own, so that wrong secrets of one do not slow down the others. */
function open({ server }: Run, index: number): Connection {
  return openConnection(server.port, addressOf(index));
}

function addressOf(index: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return `127.${1 + (index % 250)}.${Math.floor(index / 250) % 250}.${1 + (Math.floor(index / 62_500) % 250)}`;
}

function fail(
  { options: { command, seed, failed }, report }: Run,
  index: number,
  { call, kinds, bytes }: Pick<Request, 'call' | 'kinds' | 'bytes'>,
  problem: string,
  reply?: Reply,
): void {
  const answer = reply && { answer: Buffer.concat([Buffer.from(`${reply.status} `), reply.body]) };
  const failure = { command, seed, index, call, kinds, problem, bytes, ...answer };
  report.failures.push(failure);
  failed?.(failure);
}

/** The process as a whole: alive, without errors in its log, within its bounds. */
function checkProcess(run: Run): void {
  const { server, report } = run;
  const end = server.ended();
  if (end !== undefined) fail(run, -1, wholeRun, end);
  for (const line of server.errors().slice(0, 5)) fail(run, -1, wholeRun, `the log says ${line}`);
  for (const problem of excesses(report.samples)) fail(run, -1, wholeRun, problem);
}

/** Bounds that a run has exceeded. */
export function excesses(samples: readonly Sample[]): readonly string[] {
  const early = samples[Math.floor(samples.length / 10)];
  const last = samples.at(-1);
  if (!early || !last) return [];
  const lag = Math.max(...samples.map((one) => one.lag));
  const problems: readonly (readonly [boolean, string])[] = [
    [last.memory - early.memory > bounds.memory, `memory grew from ${early.memory} to ${last.memory} bytes`],
    [
      last.descriptors - early.descriptors > bounds.descriptors,
      `descriptors grew from ${early.descriptors} to ${last.descriptors}`,
    ],
    [lag > bounds.lag, `the event loop was blocked for ${lag} s`],
  ];
  return problems.filter(([isOver]) => isOver).map(([, problem]) => problem);
}
