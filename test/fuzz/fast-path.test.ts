import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Fields, type Server, startServer } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';
import { repeats } from '../support/long.ts';
import { drawScript, type Known, type Script } from './fast-path-requests.ts';
import { createRandom } from './random.ts';

const seed = Number(process.env.HUIZHI_FUZZ_SEED ?? 1);
const count = repeats('HUIZHI_FAST_PATH_RUNS', 250, 20_000);
/** Connections to each server at the same time. */
const parallel = 20;
/** Requests that are refused for being incomplete are refused after this time. */
const limits = { sockets: { headers: 3000 }, bodies: { stall: 3000 } };

const folder = mkdtempSync(join(tmpdir(), 'huizhi-fast-path-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { secret: 'the-secret-of-both-servers' };

/** Two servers with the same data and the same frozen clock, with and without the fast path. */
async function startBoth(): Promise<{ servers: readonly [Server, Server]; known: Known }> {
  const [one, other] = [join(folder, 'one.db'), join(folder, 'other.db')];
  const before = await startServer({ ...options, database: one });
  const { sent, tokenOf, freeze } = world(before);
  const keys = await Promise.all(Array.from({ length: 20 }, () => sent()));
  const token = await tokenOf();
  const now = await freeze();
  await before.stop();
  copyFileSync(one, other);
  const start = async (database: string, fastPath: boolean) => {
    const server = await startServer({ ...options, database, fastPath, accessLog: true }, limits);
    onTestFinished(() => server.stop());
    await world(server).freeze(now);
    return server;
  };
  return { servers: [await start(one, true), await start(other, false)], known: { keys, token } };
}

/** Plays a script, and returns everything that the server sends until it closes the connection. */
async function play({ port }: Server, script: Script): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (const { bytes, responses, turns } of script) {
    while (socket.readable && text.split('HTTP/1.1 ').length <= responses) await nextTurn();
    for (let i = 0; i < turns; i++) await nextTurn();
    if (socket.writable) socket.write(bytes);
  }
  await closed;
  return normalize(text);
}

/** Replaces what differs between any two responses: ids, dates, and the keys of new messages. */
function normalize(text: string): string {
  return text
    .replaceAll(/[0-9A-F]{8}-[0-9A-F]{4}-7[0-9A-F]{3}-[0-9A-F]{4}-[0-9A-F]{12}/g, '{id}')
    .replaceAll(/Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/g, 'Date: {date}\r\n')
    .replaceAll(/"processQueryKey":"[^"]+"/g, '"processQueryKey":"{key}"');
}

/** The requests that node:http parses for a server. */
function countParsed({ port }: Server): () => number {
  let parsed = 0;
  const onStart = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    if (request.socket.localPort === port) parsed++;
  };
  subscribe('http.server.request.start', onStart);
  onTestFinished(() => void unsubscribe('http.server.request.start', onStart));
  return () => parsed;
}

/** Removes durations and sequence numbers from a record, too. */
const toText = (value: unknown) =>
  normalize(JSON.stringify(value)).replaceAll(/"(durationMs|sequence)":[\d.e-]+/g, '"$1":0');

/** What a server has counted and logged of the vendor's calls, in no order. */
async function readRecords(server: Server): Promise<Fields> {
  const answered = server.log.filter(({ text }) => text.startsWith('answered ') && text.includes('"path":"/v1.0/'));
  const { text } = await server.call('GET', '/metrics');
  const counts =
    text.match(/^huizhi_(?:http_request_duration_seconds_count\{.*"\/v1\.0|refusals|deliveries).*$/gm) ?? [];
  return {
    metrics: counts.toSorted(),
    log: answered.map(({ text: line }) => toText(JSON.parse(line.slice('answered '.length)))).toSorted(),
  };
}

/** The emulator's journal, which has all headers of each call; in no order. */
async function readJournal(server: Server): Promise<readonly string[]> {
  const { requests } = (await world(server).emulate('GET', 'requests?limit=1000')) as { requests: Fields[] };
  return requests.map(toText).toSorted();
}

/** Plays the scripts of some indices on both servers, and compares what each connection receives. */
async function compare(
  [fast, plain]: readonly [Server, Server],
  known: Known,
  from: number,
  to: number,
): Promise<void> {
  let next = from;
  const worker = async () => {
    for (let index = next++; index < to; index = next++) {
      const script = drawScript(createRandom(seed, index), known);
      const [one, other] = await Promise.all([play(fast, script), play(plain, script)]);
      const sent = script.map(({ bytes }) => bytes.toString('latin1'));
      expect(one, `seed ${seed}, connection ${index}: ${JSON.stringify(sent)}`).toBe(other);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

test('any bytes get the same responses with and without the fast path', {
  timeout: 60_000 + count * 1000,
}, async () => {
  const { servers, known } = await startBoth();
  const [fast, plain] = servers;
  const parsed = [countParsed(fast), countParsed(plain)] as const;
  // The journal holds no more than the requests of these.
  const first = Math.min(count, 60);
  await compare(servers, known, 0, first);
  expect(await readJournal(fast)).toEqual(await readJournal(plain));
  await compare(servers, known, first, count);
  // Messages are delivered, and counted as such, after the response to their sender.
  await vi.waitFor(async () => expect(await readRecords(fast)).toEqual(await readRecords(plain)), 30_000);
  expect(parsed[0]()).toBeLessThan(parsed[1]() * 0.8);
});
