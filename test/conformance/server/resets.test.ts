import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { createSocketServer } from '../../../src/http/server/socket/socket.ts';
import type { Handover } from '../../../src/http/server/socket/socket-guard.ts';
import { silentLog } from '../../../src/log.ts';
import { listen } from '../../../src/server.ts';
import { type Child, startChild } from '../support/child.ts';
import { config } from '../support/harness.ts';
import { requestText } from '../support/raw.ts';

/**
 * Sends bytes, waits for the first bytes of a response if one is expected, and resets the connection instead of closing
 * it.
 */
function sendAndReset(port: number, bytes: string, answers: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const reset = () => socket.resetAndDestroy();
    socket.on('error', reject).on('close', () => resolve());
    if (answers) socket.once('data', reset).write(bytes);
    else socket.write(bytes, reset);
  });
}

const upgrade = { connection: 'upgrade', upgrade: 'websocket' };

/** Requests that a client can abort, and whether the response comes before that. */
const broken: readonly (readonly [what: string, bytes: string, answers: boolean])[] = [
  ['CONNECT', requestText('CONNECT a:443'), true],
  ['CONNECT, at once', requestText('CONNECT a:443'), false],
  ['CONNECT with bytes after it', `${requestText('CONNECT a:443')}${'x'.repeat(1000)}`, true],
  ['an upgrade', requestText('GET /healthz', upgrade), true],
  ['an upgrade, at once', requestText('GET /healthz', upgrade), false],
  ['an upgrade with half a body', requestText('POST /gettoken', { ...upgrade, 'content-length': '9' }), false],
  ['a malformed request', 'X\r\n\r\n', true],
  ['a malformed request, at once', 'X\r\n\r\n', false],
  ['half a pipelined request', `${requestText('GET /openapi.json')}${requestText('GET /healthz').slice(0, 20)}`, true],
  ['half a body', requestText('POST /v1.0/oauth2/accessToken', { 'content-length': '9' }), false],
  ['a request without Host', 'GET / HTTP/1.1\r\n\r\n', true],
];

async function isServing({ call, process }: Child): Promise<void> {
  expect((await call('GET', '/healthz')).status).toBe(200);
  expect(process.exitCode).toBeNull();
}

describe.each(['dev --config huizhi.yaml', 'serve --database :memory:'])('huizhi %s', (line) => {
  test('survives connections that are reset, whatever was sent before', async () => {
    const child = await startChild(line);
    for (const [, bytes, answers] of broken) {
      await Promise.all(Array.from({ length: 8 }, () => sendAndReset(child.port, bytes, answers)));
      await isServing(child);
    }
    expect(child.output()).not.toContain('"level":"fatal"');
  });

  /** Makes the process run a statement on the signal SIGUSR2. */
  const onSignal = (statement: string) => [
    'env',
    `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2',()=>{${statement}})`)}`,
  ];

  test('logs an uncaught exception and exits with 1, also with the log level silent', async () => {
    for (const level of ['info', 'silent']) {
      const child = await startChild(`${line} --log-level ${level}`, onSignal(`throw new Error('broken inside')`));
      const exit = new Promise((resolve) => child.process.once('close', resolve));
      child.process.kill('SIGUSR2');
      expect(await exit).toBe(1);
      await expect.poll(() => child.output()).toContain('exits after an uncaught exception: broken inside\n');
      if (level === 'info')
        await expect.poll(() => child.output()).toMatch(/"level":"fatal".*broken inside.*uncaught exception/);
    }
  });

  test.each([
    ['an unhandled rejection', `Promise.reject(new Error('broken inside'))`],
    ['a rejection with something that is no error', `Promise.reject('broken inside')`],
    ['an error of a connection', `throw Object.assign(new Error('broken inside'),{code:'ECONNRESET',syscall:'read'})`],
  ])('logs %s and continues', async (_, statement) => {
    const child = await startChild(line, onSignal(statement));
    child.process.kill('SIGUSR2');
    await expect.poll(() => child.output()).toMatch(/"level":"fatal".*broken inside.*the server continues/);
    await isServing(child);
  });
});

test('a connection that was upgraded to another protocol may be reset, and has no request limits', async () => {
  const taken: Duplex[] = [];
  const handle = (_: IncomingMessage, { socket }: Handover) => {
    taken.push(socket);
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    socket.on('data', (chunk) => socket.write(chunk));
  };
  const upgrade = { accepts: () => true, handle };
  const limits = { headers: 100, writeStall: 100, drainTime: 100 };
  const server = createSocketServer((_, outgoing) => outgoing.end(), silentLog, { limits, upgrade });
  const url = await listen(server, config);
  onTestFinished(() => void server.close());
  const port = Number(new URL(url).port);
  const request = requestText('GET /', { connection: 'upgrade', upgrade: 'echo' });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(request);
  await expect.poll(() => text).toContain('101');
  await sendAndReset(port, request, true);
  await sendAndReset(port, request, false);
  // The limits have passed when a later connection has reached them.
  await new Promise((resolve) => connect(port, '127.0.0.1').resume().on('close', resolve));
  socket.write('still here');
  await expect.poll(() => text).toContain('still here');
  await expect.poll(() => taken.filter(({ destroyed }) => destroyed).length).toBe(taken.length - 1);
});

test('the embedded emulator does not handle the faults of its process', async () => {
  const counts = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
  const before = counts();
  await using _ = await startEmulator();
  expect(counts()).toEqual(before);
});
