import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createUploads, defaultUploadLimits, type UploadLimits } from './uploads.ts';

/**
 * A server that reads bodies. The path of a request is the number of its organization, that of its app, that of its
 * person, if it has one, and a name: `/1/7/a`. `arrived` and `read` have the paths in their order.
 */
async function startServer(limits: Partial<UploadLimits>) {
  const uploads = createUploads({ ...defaultUploadLimits, ...limits });
  const arrived: string[] = [];
  const read: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const path = incoming.url ?? '';
    arrived.push(path);
    const [corpId = 0, appId = 0, userId] = path.split('/').slice(1, -1).map(Number);
    const sender = { corpId, appId, ...(userId !== undefined && { userId }) };
    try {
      for await (const _ of uploads.stream(incoming, outgoing, 2 ** 30, sender));
      read.push(path);
      outgoing.end();
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return { arrived, read, port: (server.address() as AddressInfo).port };
}

/** Sends a request; of its body of `bytes` all but the last byte, if it is to be `held`. */
function send(port: number, path: string, bytes: number, held = false): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`);
  socket.write(Buffer.alloc(held ? bytes - 1 : bytes));
  return socket;
}

test('a hundred bodies of 1 MB of one app delay that of another by one turn', async () => {
  const { arrived, read, port } = await startServer({ concurrent: 1 });
  const first = send(port, '/1/7/held', 1024, true);
  await expect.poll(() => arrived.length).toBe(1);
  for (let i = 0; i < 100; i++) send(port, `/1/7/${i}`, 2 ** 20);
  await expect.poll(() => arrived.length, { timeout: 15_000 }).toBe(101);
  send(port, '/1/8/other', 2 ** 20);
  send(port, '/2/9/elsewhere', 2 ** 20);
  await expect.poll(() => arrived.length).toBe(103);
  first.write('x');
  await expect.poll(() => read.length, { timeout: 15_000 }).toBe(103);
  expect(read.indexOf('/1/8/other')).toBeLessThanOrEqual(4);
  expect(read.indexOf('/2/9/elsewhere')).toBeLessThanOrEqual(2);
});

test('bodies of one app that do not end leave turns to other apps and organizations', async () => {
  const { arrived, read, port } = await startServer({ concurrent: 8 });
  for (let i = 0; i < 20; i++) send(port, `/1/7/${i}`, 1024, true);
  await expect.poll(() => arrived.length).toBe(20);
  send(port, '/1/8/other', 1024);
  send(port, '/2/9/elsewhere', 1024);
  await expect.poll(() => read.toSorted()).toEqual(['/1/8/other', '/2/9/elsewhere']);
});

test('bodies of one person that do not end leave turns to other people of the organization', async () => {
  const { arrived, read, port } = await startServer({ concurrent: 8 });
  for (let i = 0; i < 20; i++) send(port, `/1/0/31/${i}`, 1024, true);
  await expect.poll(() => arrived.length).toBe(20);
  send(port, '/1/0/32/other', 1024);
  send(port, '/1/8/app', 1024);
  await expect.poll(() => read.toSorted()).toEqual(['/1/0/32/other', '/1/8/app']);
});

test('a body that disconnects while it waits gives up its turn', async () => {
  const { arrived, read, port } = await startServer({ concurrent: 1 });
  const first = send(port, '/1/7/held', 1024, true);
  await expect.poll(() => arrived.length).toBe(1);
  const gone = send(port, '/1/7/gone', 1024);
  await expect.poll(() => arrived.length).toBe(2);
  gone.destroy();
  send(port, '/1/7/next', 1024);
  await expect.poll(() => arrived.length).toBe(3);
  first.write('x');
  await expect.poll(() => read).toEqual(['/1/7/held', '/1/7/next']);
});
