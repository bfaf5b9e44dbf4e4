import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketServer } from './socket.ts';
import { defaultSocketLimits, guardSockets } from './socket-guard.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const noLog = { debug() {}, info() {}, warn() {}, error() {} };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('an idle connection does not retain its last response', async () => {
  const responses: WeakRef<ServerResponse>[] = [];
  const server = createSocketServer((_, outgoing) => {
    responses.push(new WeakRef(outgoing));
    outgoing.end('done');
  }, noLog);
  const port = await listen(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => get({ port, host: '127.0.0.1', agent }, (res) => res.resume().on('end', resolve)));
  }
  const retained = () => {
    collectGarbage();
    return responses.filter((one) => one.deref() !== undefined).length;
  };
  await expect.poll(retained).toBe(0);
  expect(responses.length).toBe(3);
});

/** Sends bytes, and resolves with all that comes back until the server closes the connection. */
function exchange(port: number, ...requests: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(requests.join('')));
    onTestFinished(() => void socket.destroy());
    socket.on('error', reject).on('close', () => resolve(text));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  });
}

const head = (path: string, ...more: readonly string[]) => `POST ${path} HTTP/1.1\r\nHost: x\r\n${more.join('\r\n')}`;
const h2c = 'Connection: Upgrade\r\nUpgrade: h2c\r\n';

test('on a Node without shouldUpgradeCallback, a request whose upgrade is not taken is served, and so is the next one', async () => {
  const server = createServer();
  const bodies: string[] = [];
  const upgrade = { accepts: () => false, handle() {} };
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      bodies.push(`${incoming.url} ${body}`);
      outgoing.end('served');
    });
  };
  guardSockets(server, { serve, upgrade, limits: defaultSocketLimits, log: noLog, onRefusal: () => {} });
  const port = await listen(server);
  const one = head('/one', `${h2c}Content-Length: 0\r\n\r\n`);
  const last = head('/last', 'Connection: close\r\nContent-Length: 4\r\n\r\nlast');
  const text = await exchange(port, one, last);
  expect(bodies).toEqual(['/one ', '/last last']);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

test('an upgrade that is pipelined behind an unfinished request is refused after its response', async () => {
  const upgrade = { accepts: () => true, handle: () => expect.unreachable() };
  const server = createSocketServer((_, outgoing) => void setImmediate(() => outgoing.end('first')), noLog, {
    upgrade,
  });
  const port = await listen(server);
  const text = await exchange(port, head('/', 'Content-Length: 0\r\n\r\n'), head('/connect', `${h2c}\r\n`));
  expect(text.indexOf('first')).toBeGreaterThan(0);
  expect(text.indexOf('HTTP/1.1 400')).toBeGreaterThan(text.indexOf('first'));
});
