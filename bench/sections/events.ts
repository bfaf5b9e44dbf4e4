import { createServer } from 'node:http';
import { join } from 'node:path';
import { alternate } from '../lib/alternate.ts';
import { call, sendText } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { createMarks } from '../lib/follow.ts';
import { type Polled, secretFile, serve } from '../lib/polled.ts';
import { residentMemory, startNode } from '../lib/process.ts';
import { firstUsers, openSessions } from '../lib/sessions.ts';
import { median } from '../lib/stats.ts';
import { openEventClient, openSocket, pushFrames } from '../lib/stream-clients.ts';
import type { Seeded } from '../lib/workspace.ts';
import { credentials, robotCode, userCode } from '../seed.ts';

const readers = 20;
const adminToken = 'only-for-the-benchmark-of-events';

/** The share of the messages of `--messages` that is read in a round: 20 reads each. */
const share = 1000;

/**
 * What events cost: reads per second with an endpoint and an app in Stream mode that get each, and without; events per
 * second to both; and memory and recovery time after an endpoint was unavailable.
 */
export const eventsSection: Section = {
  title: (settings) =>
    `${sizeOf(settings.messages)} messages to ${readers} people, who read them, with a webhook and a Stream event for each read, and without`,
  async run(bench) {
    const { workspace, settings } = bench;
    const empty = await workspace.seeded({ messages: 0, recipients: readers, users: settings.users });
    const ratios: number[] = [];
    const rates: number[] = [];
    const webhooks: number[] = [];
    for (let round = 0; round < settings.rounds; round++) {
      const without = await measure(bench, empty, undefined);
      const sink = await startSink();
      const withSink = await measure(bench, empty, sink);
      await sink.close();
      rates.push(without.reads);
      ratios.push(withSink.reads / without.reads);
      webhooks.push(withSink.webhooks);
    }
    return [
      plain('reads without either', median(rates), '/s', rates),
      bounded(plain('reads with both, share of it', median(ratios), '', ratios), { bound: 'at least', value: 0.9 }),
      plain('events to both, from the first read to the last', median(webhooks), '/s', webhooks),
      ...(await measureWaiting(bench, empty)),
      ...(await measureDead(bench, empty)),
    ];
  },
};

const sizeOf = (messages: number) => Math.max(20, Math.round(messages / share));

/** A server that counts webhooks. */
type Sink = { readonly port: number; reached(count: number): Promise<unknown>; close(): Promise<void> };

async function startSink(port = 0): Promise<Sink> {
  const arrived = createMarks();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.end();
      arrived.mark('webhook');
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    reached: (count) => arrived.wait('webhook', count),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A server with sessions of all readers and, if a port is given, an endpoint there. */
type Running = { readonly huizhi: Polled; readonly sessions: readonly string[]; readonly path: string };

async function start(bench: Bench, empty: Seeded, port?: number, isForApp = false): Promise<Running> {
  const { workspace } = bench;
  const path = workspace.copy(empty.path, 'events');
  const sessions = await openSessions(path, firstUsers(readers));
  const token = secretFile(workspace.folder, 'admin-token', adminToken);
  const args = ['--admin-token-file', token, '--callback-allow', '127.0.0.1'];
  const huizhi = await serve(bench, { ...empty, path }, args);
  if (port !== undefined) await createEndpoint(huizhi.url, port);
  if (isForApp) await chooseEvents(huizhi.url);
  return { huizhi, sessions, path };
}

async function stop({ workspace }: Bench, { huizhi, path }: Running): Promise<void> {
  await huizhi.stop();
  workspace.drop(path);
}

const operator = { authorization: `Bearer ${adminToken}` };

async function findCorpId(url: string): Promise<string> {
  const listed = await fetch(`${url}/console/v1/organizations`, { headers: operator });
  const { organizations } = (await listed.json()) as { organizations: readonly { corpId: string }[] };
  return organizations[0]?.corpId ?? '';
}

async function change(method: 'POST' | 'PUT', url: string, body: object): Promise<void> {
  const headers = { ...operator, 'content-type': 'application/json' };
  const made = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!made.ok) throw new Error(`${url} was refused: ${await made.text()}`);
}

async function createEndpoint(url: string, port: number): Promise<void> {
  const body = { corpId: await findCorpId(url), url: `http://127.0.0.1:${port}/`, types: ['receipt.read'] };
  await change('POST', `${url}/console/v1/endpoints`, body);
}

/** Lets the app of the benchmark get an event for each read. */
async function chooseEvents(url: string): Promise<void> {
  const path = `/console/v1/apps/${credentials.appKey}/events/${encodeURIComponent(await findCorpId(url))}`;
  await change('PUT', url + path, { types: ['robot_msg_read'] });
}

/** Sends the messages, and lets everybody read them. Returns the seconds of the reads. */
async function readAll(bench: Bench, { huizhi, sessions }: Running): Promise<{ count: number; seconds: number }> {
  const users = firstUsers(readers).map(userCode);
  const messages = sizeOf(bench.settings.messages);
  for (let i = 0; i < messages; i++) await sendText(huizhi.url, huizhi.headers, robotCode, users, `${i}`);
  const inboxes = await Promise.all(sessions.map((session) => listUnread(huizhi.url, session, messages)));
  const started = performance.now();
  await Promise.all(inboxes.map((ids, i) => readOneByOne(huizhi.url, sessions[i] ?? '', ids)));
  return { count: messages * readers, seconds: (performance.now() - started) / 1000 };
}

/** Returns the ids of all messages of an inbox, waiting until the last one is delivered. */
async function listUnread(url: string, session: string, wanted: number): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${session}` };
  for (;;) {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '100', ...(cursor === null ? {} : { cursor }) });
      const page = await fetch(`${url}/inbox/v1/messages?${query}`, { headers });
      const found = (await page.json()) as { messages: readonly { messageId: string }[]; cursor: string | null };
      ids.push(...found.messages.map(({ messageId }) => messageId));
      cursor = found.cursor;
    } while (cursor !== null);
    if (ids.length >= wanted) return ids;
  }
}

async function readOneByOne(url: string, session: string, ids: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${session}` };
  for (const id of ids) {
    const { status } = await call(`${url}/inbox/v1/messages/read`, headers, { messageIds: [id] });
    if (status !== 200) throw new Error(`a read was answered with ${status}`);
  }
}

/** Measures reads in a second and, with a sink, events in a second until it and an app in Stream mode have all. */
async function measure(bench: Bench, empty: Seeded, sink: Sink | undefined) {
  const running = await start(bench, empty, sink?.port, sink !== undefined);
  const app = sink && (await openEventClient(running.huizhi.url, credentials));
  try {
    const { count, seconds } = await readAll(bench, running);
    const ended = performance.now();
    await sink?.reached(count);
    await app?.reached(count);
    const all = seconds + (performance.now() - ended) / 1000;
    return { reads: count / seconds, webhooks: count / all };
  } finally {
    app?.close();
    await stop(bench, running);
  }
}

/** Frames of the bare server, and how many of them wait for an answer at the same time. */
const bareFrames = { count: 20_000, window: 64 };

/**
 * Measures how fast an app gets the events that have waited until it connected, compared with a bare WebSocket server
 * that sends as many frames as it can.
 */
async function measureWaiting(bench: Bench, empty: Seeded): Promise<readonly Figure[]> {
  const bare = await startNode([join(import.meta.dirname, '../stream-server.ts'), 'bare'], bench.workspace.folder);
  const client = await openSocket(`ws://127.0.0.1:${Number(bare.said.port)}`);
  try {
    const rates = await alternate(
      bench.settings.rounds,
      () => pushWaiting(bench, empty),
      () => pushFrames(bare, bareFrames),
      (a, b) => a / b,
    );
    return [
      bounded(plain('waiting Stream events / bare', rates.ratio, '', rates.ratios), { bound: 'at least', value: 0.5 }),
      plain('waiting Stream events', median(rates.first), '/s'),
      plain('frames, bare', median(rates.second), '/s'),
    ];
  } finally {
    client.terminate();
    await bare.stop();
  }
}

async function pushWaiting(bench: Bench, empty: Seeded): Promise<number> {
  const running = await start(bench, empty, undefined, true);
  try {
    const { count } = await readAll(bench, running);
    const app = await openEventClient(running.huizhi.url, credentials);
    await app.reached(1);
    const started = performance.now();
    await app.reached(count);
    app.close();
    return (count - 1) / ((performance.now() - started) / 1000);
  } finally {
    await stop(bench, running);
  }
}

/**
 * Measures how much memory huizhi needs for an endpoint that refuses connections, and how fast all events are delivered
 * once the endpoint is available.
 */
async function measureDead(bench: Bench, empty: Seeded): Promise<readonly Figure[]> {
  const free = await startSink();
  const { port } = free;
  await free.close();
  const none = await start(bench, empty);
  await readAll(bench, none);
  const without = residentMemory(none.huizhi.pid).now;
  await stop(bench, none);
  const dead = await start(bench, empty, port);
  try {
    const { count } = await readAll(bench, dead);
    const more = (residentMemory(dead.huizhi.pid).now - without) / 1e6;
    const sink = await startSink(port);
    const started = performance.now();
    await sink.reached(1);
    const first = performance.now();
    await sink.reached(count);
    const seconds = (performance.now() - first) / 1000;
    await sink.close();
    return [
      bounded(plain('memory of a dead endpoint', more, 'MB'), { bound: 'at most', value: 20 }),
      plain('until a dead endpoint is tried again', (first - started) / 1000, 's'),
      bounded(plain('webhooks after that', count / seconds, '/s'), { bound: 'at least', value: 500 }),
    ];
  } finally {
    await stop(bench, dead);
  }
}
