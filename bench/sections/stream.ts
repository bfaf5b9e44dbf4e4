import { once } from 'node:events';
import { join } from 'node:path';
import WebSocket from 'ws';
import { alternate } from '../lib/alternate.ts';
import type { Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Child, residentMemory, startNode } from '../lib/process.ts';
import { median } from '../lib/stats.ts';

/** Pushes of a round, and how many of them wait for an answer at the same time. */
const pushes = 20_000;
const window = 64;
/** Connections over which the pushes of a round are spread. */
const pushed = 100;

const program = join(import.meta.dirname, '../stream-server.ts');

/** Stream mode: the memory of idle connections, and pushes compared with a bare WebSocket server. */
export const streamSection: Section = {
  title: ({ streams, rounds }) =>
    `Stream mode: memory of each of ${streams} idle connections of 100 apps; ${rounds} rounds of pushes to ${pushed} connections`,
  async run({ settings, workspace }) {
    const { folder } = workspace;
    const idle = await startNode([program, 'huizhi', String(settings.streams)], folder);
    const memory = await measureMemory(idle, settings.streams);
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
        bounded(plain('pushes / bare', rates.ratio, '', rates.ratios), { bound: 'at least', value: 0.5 }),
        plain('pushes', median(rates.first), '/s'),
        plain('pushes, bare', median(rates.second), '/s'),
      ];
    } finally {
      await Promise.all([own.stop(), bare.stop()]);
    }
  },
};

/** Bytes of resident memory that each connection adds. */
async function measureMemory(child: Child, count: number): Promise<number> {
  try {
    const first = await connectAll(child, 100);
    const before = residentMemory(child.pid).now;
    const rest = await connectAll(child, count - first.length);
    const used = residentMemory(child.pid).now - before;
    for (const client of [...first, ...rest]) client.terminate();
    return used / rest.length;
  } finally {
    await child.stop();
  }
}

/** Sends the pushes of a round; returns pushes a second. */
async function push({ process: child }: Child): Promise<number> {
  child.send({ count: pushes, window });
  const [{ seconds }] = (await once(child, 'message')) as [{ seconds: number }];
  return pushes / seconds;
}

/** Opens connections that acknowledge every push, spread over the apps. */
async function connectAll({ said: { port } }: Child, count: number): Promise<WebSocket[]> {
  const clients: WebSocket[] = [];
  for (let at = 0; at < count; at += 100) {
    const some = Array.from({ length: Math.min(100, count - at) }, (_, i) => openClient(Number(port), at + i));
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

async function openClient(port: number, i: number): Promise<WebSocket> {
  const subscriptions = [{ type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' }];
  const body = JSON.stringify({ clientId: `app-${i % 100}`, clientSecret: 's3cret-bench', subscriptions });
  const headers = { 'content-type': 'application/json' };
  const url = `http://127.0.0.1:${port}/v1.0/gateway/connections/open`;
  const response = await fetch(url, { method: 'POST', headers, body });
  const { endpoint, ticket } = (await response.json()) as { endpoint: string; ticket: string };
  return openSocket(`${endpoint}?ticket=${ticket}`);
}

function connectBare({ said: { port } }: Child, count: number): Promise<WebSocket[]> {
  return Promise.all(Array.from({ length: count }, () => openSocket(`ws://127.0.0.1:${port}`)));
}

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (text: Buffer) => {
    const { headers } = JSON.parse(text.toString()) as { headers: { messageId: string } };
    socket.send(JSON.stringify({ code: 200, headers: { messageId: headers.messageId }, message: 'OK', data: '{}' }));
  });
  await once(socket, 'open');
  return socket;
}
