import type { ServerResponse } from 'node:http';
import { Agent, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketServer } from './socket.ts';

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
