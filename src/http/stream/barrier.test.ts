import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createBarrier, faultCode } from './barrier.ts';

/** Starts a server of WebSockets whose listeners fail for the texts `fault` and, at the end, after `fault at the end`. */
async function startServer() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void server.close());
  const [faults, heard, ended]: [string[], string[], string[]] = [[], [], []];
  server.on('connection', (client, { url = '' }) => {
    const barrier = createBarrier(client, (error) => void faults.push(`${url}: ${error}`));
    let isFaultyAtEnd = false;
    client.on('message', (data: Buffer) =>
      barrier.run(() => {
        heard.push(`${url}: ${data}`);
        isFaultyAtEnd ||= `${data}` === 'fault at the end';
        if (`${data}` === 'fault') throw new Error('cannot handle it');
      }),
    );
    client.on('close', () =>
      barrier.end(() => {
        ended.push(url);
        if (isFaultyAtEnd) throw new Error('cannot end it');
      }),
    );
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connect = async (path: string) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    onTestFinished(() => client.terminate());
    const closed = once(client, 'close').then(([code, reason]) => [code, String(reason)] as const);
    await once(client, 'open');
    return { client, closed };
  };
  return { connect, faults, heard, ended };
}

test('an error in a listener closes its connection with 1011, is reported once, and leaves other connections open', async () => {
  const { connect, faults, heard, ended } = await startServer();
  const [one, other] = [await connect('/one'), await connect('/other')];
  for (const text of ['hello', 'fault', 'fault', 'after']) one.client.send(text);
  expect(await one.closed).toEqual([faultCode, 'internal error']);
  expect(faults).toEqual(['/one: Error: cannot handle it']);
  await expect.poll(() => ended).toEqual(['/one']);
  expect(heard).toEqual(['/one: hello', '/one: fault']);
  other.client.send('still here');
  await expect.poll(() => heard.at(-1)).toBe('/other: still here');
  expect(other.client.readyState).toBe(WebSocket.OPEN);
});

test('an error at the end of a connection is reported, too', async () => {
  const { connect, faults, ended } = await startServer();
  const { client } = await connect('/one');
  client.send('fault at the end');
  client.close();
  await expect.poll(() => faults).toEqual(['/one: Error: cannot end it']);
  expect(ended).toEqual(['/one']);
});
