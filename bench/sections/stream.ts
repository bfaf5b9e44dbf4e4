import { join } from 'node:path';
import type WebSocket from 'ws';
import { alternate } from '../lib/alternate.ts';
import type { Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Child, residentMemory, startNode } from '../lib/process.ts';
import { median } from '../lib/stats.ts';
import { openClient, openSocket, pushFrames } from '../lib/stream-clients.ts';
import { type TalkTimes, talk, talkers } from '../lib/talk.ts';

/** Pushes of a round, and how many of them wait for an answer at the same time. */
const pushes = 20_000;
const window = 64;
/** Connections over which the pushes of a round are spread. */
const pushed = 100;

/** The apps of the server. */
const apps = 100;

const program = join(import.meta.dirname, '../stream-server.ts');

/** Stream mode: the memory of idle connections, and pushes compared with a bare WebSocket server. */
export const streamSection: Section = {
  title: ({ streams, rounds }) =>
    `Stream mode: memory of each of ${streams} idle connections of ${apps} apps; ${rounds} rounds of pushes to ${pushed} connections`,
  async run({ settings, workspace }) {
    const { folder } = workspace;
    const idle = await startNode([program, 'huizhi', String(settings.streams)], folder);
    const { memory, times } = await measureIdle(idle, settings.streams);
    const [own, bare] = [
      await startNode([program, 'huizhi', '1000'], folder),
      await startNode([program, 'bare'], folder),
    ];
    try {
      const clients = [await connectAll(own, pushed), await connectBare(bare, pushed)].flat();
      await push(own);
      await push(bare);
      const rates = await alternate(
        settings.rounds,
        () => push(own),
        () => push(bare),
        (a, b) => a / b,
      );
      for (const client of clients) client.terminate();
      return [
        bounded(plain('memory of an idle connection', memory / 1000, 'kB'), { bound: 'at most', value: 50 }),
        bounded(plain('from the compose box to the bot, p99', times.toBot, 'ms'), { bound: 'at most', value: 50 }),
        plain('from there until its reply is in the inbox, p99', times.back, 'ms'),
        bounded(plain('pushes / bare', rates.ratio, '', rates.ratios), { bound: 'at least', value: 0.5 }),
        plain('pushes', median(rates.first), '/s'),
        plain('pushes, bare', median(rates.second), '/s'),
      ];
    } finally {
      await Promise.all([own.stop(), bare.stop()]);
    }
  },
};

/** Measures the bytes of resident memory that each connection adds, and how fast people are answered beside them. */
async function measureIdle(child: Child, count: number): Promise<{ memory: number; times: TalkTimes }> {
  try {
    const first = await connectAll(child, 100);
    const before = residentMemory(child.pid).now;
    const rest = await connectAll(child, count - first.length);
    const used = residentMemory(child.pid).now - before;
    const all = [...first, ...rest];
    const ofFirstApp = all.filter((_, i) => i % apps === 0);
    const times = await talk(`http://127.0.0.1:${Number(child.said.port)}`, ofFirstApp, talkers);
    for (const client of all) client.terminate();
    return { memory: used / rest.length, times };
  } finally {
    await child.stop();
  }
}

/** Sends the pushes of a round; returns pushes a second. */
const push = (child: Child) => pushFrames(child, { count: pushes, window });

/** Opens connections that acknowledge every push, spread over the apps. */
async function connectAll({ said: { port } }: Child, count: number): Promise<WebSocket[]> {
  const clients: WebSocket[] = [];
  for (let at = 0; at < count; at += 100) {
    const some = Array.from({ length: Math.min(100, count - at) }, (_, i) =>
      openClient(`http://127.0.0.1:${Number(port)}`, {
        clientId: `app-${(at + i) % apps}`,
        clientSecret: 's3cret-bench',
        subscriptions: [{ type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' }],
      }),
    );
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

function connectBare({ said: { port } }: Child, count: number): Promise<WebSocket[]> {
  return Promise.all(Array.from({ length: count }, () => openSocket(`ws://127.0.0.1:${port}`)));
}
