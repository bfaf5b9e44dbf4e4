/**
 * A server of Stream mode for the benchmark: huizhi in this process (`huizhi`), or a bare `ws` server that sends the same
 * frames (`bare`). It pushes when a message of the parent process asks for it, and reports the seconds that it took.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { compose } from '../src/compose.ts';
import { readConfig } from '../src/config/read.ts';
import { createSocketServer } from '../src/http/server/socket/socket.ts';
import { silentLog } from '../src/log.ts';
import { version } from '../src/server.ts';
import { talkers } from './lib/talk.ts';

/** Sends one push, and resolves when the client has answered. */
type PushOnce = (app: number) => Promise<unknown>;

const topic = '/v1.0/im/bot/messages/get';
const data = JSON.stringify({ msgId: 'msg', msgtype: 'text', text: { content: '磁盘空间不足'.repeat(20) } });

/** The apps over which connections are spread. */
const apps = Array.from({ length: 100 }, (_, i) => `app-${i}`);
const appSecret = 's3cret-bench';

async function startHuizhi(connections: number): Promise<PushOnce> {
  const { corpId, robotCode, userIds } = talkers;
  const [appKey = ''] = apps;
  const setup = {
    organizations: [{ corpId, name: 'Corp', users: userIds.map((userId) => ({ userId, name: userId })) }],
    apps: apps.map((key) => ({ appKey: key, appSecret, kind: 'internal', corpId, permissions: [] }) as const),
    robots: [{ robotCode, name: 'Robot', appKey, installedIn: [corpId] }],
  };
  const flags = new Map(
    Object.entries({ streamConnections: String(connections), maxConnections: '100000', streamRepeat: 'off' }).map(
      ([name, text]) => [name, { text, source: name }],
    ),
  );
  const config = await readConfig('dev', flags, { environment: {}, terminal: false });
  const { app, context } = await compose({ ...config, setup, database: ':memory:' }, silentLog, version);
  const limits = { connections: 100_000 };
  await listen(createSocketServer(app.listener, silentLog, { limits, upgrade: app.upgrade }));
  const known = apps.map((code) => context.directory.now.app(code) ?? { corpId: 0, id: 0 });
  return (i) =>
    context.hub.push(
      known[i % known.length] ?? { corpId: 0, id: 0 },
      { type: 'CALLBACK', topic, data },
      {
        deadlineMs: 60_000,
      },
    );
}

/** A server that does nothing but send the same frames, and match the answers. */
async function startBare(): Promise<PushOnce> {
  const server = createServer();
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, () => void>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (text: Buffer) => {
      const { messageId } = (JSON.parse(text.toString()) as { headers: { messageId: string } }).headers;
      waiting.get(messageId)?.();
      waiting.delete(messageId);
    });
  });
  await listen(server);
  return (i) =>
    new Promise<void>((resolve) => {
      const messageId = randomUUID();
      waiting.set(messageId, resolve);
      const headers = { appId: randomUUID(), connectionId: randomUUID(), contentType: 'application/json', messageId };
      const frame = { specVersion: '1.0', type: 'CALLBACK', headers: { ...headers, time: '1', topic }, data };
      sockets[i % sockets.length]?.send(JSON.stringify(frame));
    });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      process.stdout.write(`${JSON.stringify({ port })}\n`);
      resolve();
    });
  });
}

/** Sends pushes, `window` of them at a time; returns the seconds. */
async function pushAll(push: PushOnce, { count, window }: { count: number; window: number }): Promise<number> {
  const started = performance.now();
  let next = 0;
  const work = async () => {
    while (next < count) await push(next++);
  };
  await Promise.all(Array.from({ length: window }, work));
  return (performance.now() - started) / 1000;
}

const push = await (process.argv[2] === 'bare' ? startBare() : startHuizhi(Number(process.argv[3])));
process.on('message', (asked: { count: number; window: number }) => {
  void pushAll(push, asked).then((seconds) => process.send?.({ seconds }));
});
