import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createBodyReader } from './bodies.ts';

type SentBody = { readonly body: string; readonly length?: number };

/**
 * Sends bodies one after the other. Returns the result of reading each of them, and a function that returns how many
 * bytes of memory the chunks created by node:http still occupy.
 */
async function read(buffered: number, sent: readonly SentBody[]) {
  const bodies = createBodyReader({ stall: 60_000, buffered });
  const memory: ArrayBufferLike[] = [];
  const results: Promise<Buffer | Error>[] = [];
  const server = createServer((incoming, outgoing) => {
    incoming.on('data', (chunk: Buffer) => memory.push(chunk.buffer));
    results.push(bodies.read(incoming, outgoing, 1_048_576).catch((error: Error) => error));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const held = () => memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
  for (const [i, { body, length = body.length }] of sent.entries()) {
    const before = memory.length;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void client.destroy());
    client.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${body}`);
    await expect.poll(() => [results.length, memory.length > before]).toEqual([i + 1, true]);
    if (length === body.length) await results[i];
  }
  return { results, held };
}

test('a refused body frees its memory at once, even if its chunks are still referenced', async () => {
  const unfinished = { body: 'x'.repeat(60_000), length: 1_000_000 };
  const { results, held } = await read(100_000, Array<typeof unfinished>(10).fill(unfinished));
  const refused = await Promise.all(results.slice(0, 8));
  expect(refused.map((result) => 'code' in result && result.code)).toEqual(refused.map(() => 'huizhi.busy'));
  await expect.poll(held).toBeLessThanOrEqual(100_000);
});

test('a body of several chunks frees them when it is complete, and a body of one chunk is not copied', async () => {
  const [long, short] = ['ab'.repeat(200_000), 'c'.repeat(1000)];
  const { results, held } = await read(1_048_576, [{ body: long }, { body: short }]);
  expect((await Promise.all(results)).map(String)).toEqual([long, short]);
  expect(held()).toBe(short.length);
});

test('a body whose response waits for an earlier one of its connection does not keep others out', async () => {
  const bodies = createBodyReader({ stall: 60_000, buffered: 10_000 });
  const read: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    // The first response of the connection never ends.
    if (incoming.method === 'GET') return;
    const result = await bodies.read(incoming, outgoing, 5000).catch((error: Error) => error);
    outgoing.end();
    read.push(result instanceof Error ? result.message : `${result.length} bytes`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void client.destroy());
  const long = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n${'x'.repeat(5000)}`;
  client.write(`GET / HTTP/1.1\r\nhost: x\r\n\r\n${long}${long}`);
  await expect.poll(() => read).toEqual(['5000 bytes', '5000 bytes']);
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'short' });
  expect(read.at(-1)).toBe('5 bytes');
});
