import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { joinSmallChunks } from './small-chunks.ts';

/** Sends a request with a chunked body, and returns it as the server received it, with the client's socket. */
async function sendChunked(bytes: string): Promise<{ readonly incoming: IncomingMessage; readonly client: Socket }> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const server = createServer((incoming) => {
    joinSmallChunks(incoming);
    resolve(incoming);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write(`POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${bytes}`);
  return { incoming: await promise, client };
}

async function readAll(incoming: IncomingMessage): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return chunks;
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const end = '0\r\n\r\n';

test('many small chunks are read as a few large ones, with the same bytes in the same order', async () => {
  const text = Array.from({ length: 40_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  const { incoming } = await sendChunked([...text].map(chunk).join('') + end);
  // Like a route that awaits something first, this reads the body after its bytes have arrived.
  await setImmediate();
  const chunks = await readAll(incoming);
  expect(Buffer.concat(chunks).toString()).toBe(text);
  expect(chunks.length).toBeLessThan(40);
});

test('small and large chunks keep their order, and a single small chunk is not copied', async () => {
  const texts = ['a', 'b'.repeat(40_000), 'c', 'd', 'e'.repeat(16_384), 'f'.repeat(16_000), 'g'.repeat(400)];
  const { incoming } = await sendChunked(texts.map(chunk).join('') + end);
  expect(Buffer.concat(await readAll(incoming)).toString()).toBe(texts.join(''));
  const one = (await sendChunked(chunk('hello') + end)).incoming;
  const [only] = await readAll(one);
  expect([only?.toString(), only?.buffer.byteLength]).toEqual(['hello', 5]);
});

test('a small chunk is read before the next one arrives', async () => {
  const { incoming, client } = await sendChunked(chunk('a') + chunk('b'));
  const chunks = incoming.iterator();
  expect(String((await chunks.next()).value)).toBe('ab');
  client.write(chunk('c') + end);
  expect(String((await chunks.next()).value)).toBe('c');
  expect((await chunks.next()).done).toBe(true);
});

test('an unread body applies backpressure to the client, however small its chunks are', async () => {
  const { incoming, client } = await sendChunked(chunk('x'));
  const bytes = chunk('x').repeat(100_000);
  let sent = 0;
  const send = () => void client.write(bytes, () => ++sent < 50 && send());
  send();
  await expect.poll(() => incoming.readableLength, { timeout: 10_000 }).toBeGreaterThanOrEqual(65_536);
  // First the kernel's buffers fill up, then the client can write no more.
  const held = () => [incoming.readableLength, client.bytesWritten];
  let before: readonly number[] = [];
  await expect
    .poll(
      () => {
        const isSteady = String(before) === String(held());
        before = held();
        return isSteady;
      },
      { interval: 200, timeout: 10_000 },
    )
    .toBe(true);
  expect(incoming.readableLength).toBeLessThan(65_536 + 32_768);
});
