/**
 * Many connections to a server with its default limits. The long ones take minutes and run with HUIZHI_LONG=1; the
 * figures are printed at the end.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { isLong } from '../../support/long.ts';
import { type Child, startChild } from '../support/child.ts';
import { exchange, requestText } from '../support/raw.ts';

beforeEach((context) => context.skip(process.platform !== 'linux', 'descriptors and memory are read from /proc'));

const descriptors = ({ process: { pid } }: Child) => readdirSync(`/proc/${pid}/fd`).length;

/** Memory of a process in megabytes. */
function memory({ process: { pid } }: Child): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Connections that send a few bytes and then nothing, and keep their side open. */
async function openMany(port: number, count: number, bytes: string): Promise<void> {
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  const opened = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    return new Promise<void>((resolve) => {
      socket.on('data', () => {}).on('close', () => resolve());
      socket
        .on('error', () => {})
        .on('connect', () => (bytes === '' ? resolve() : socket.write(bytes, () => resolve())));
    });
  });
  await Promise.all(opened);
}

const healthy = async ({ port }: Child) =>
  (await exchange(port, requestText('GET /healthz'), { count: 1 })).replies[0]?.status;

test('many refused connections leave room for others, and use few descriptors', async () => {
  const child = await startChild('serve --database :memory:', ['bash', '-c', 'ulimit -n 600; exec "$@"', 'bash']);
  const before = descriptors(child);
  for (let round = 0; round < 3; round++) {
    await openMany(child.port, 700, 'X\r\n\r\n');
    await expect.poll(() => healthy(child), { timeout: 5000 }).toBe(200);
  }
  await expect.poll(() => descriptors(child), { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
  expect(child.output()).not.toContain('"level":"fatal"');
});

test('a server with few descriptors accepts fewer connections, and logs that', async () => {
  const child = await startChild('serve --database :memory:', ['bash', '-c', 'ulimit -n 200; exec "$@"', 'bash']);
  await expect.poll(() => child.output()).toContain('"connections":136');
  await openMany(child.port, 300, '');
  const { replies } = await exchange(child.port, requestText('GET /healthz'), { count: 1 });
  expect(replies.map(({ status }) => status).filter((status) => status !== 503)).toEqual([]);
  expect(descriptors(child)).toBeLessThan(200);
});

const half = (line: string, length: number) =>
  `${requestText(line, { 'content-type': 'application/json', 'content-length': String(length + 1) })}${'x'.repeat(length)}`;

/** Half a body in chunks of some size. */
const halfInChunks = (line: string, count: number, size: number) => {
  const head = requestText(line, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  return head + `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(count);
};

const vendor = 'POST /v1.0/oauth2/accessToken';
const own = 'POST /console/v1/sessions';

test.runIf(isLong).each<[what: string, count: number, bytes: string, megabytes?: number]>([
  ['no other connections', 0, ''],
  ['600 halves of a megabyte on a path of the vendor', 600, half(vendor, 1_000_000)],
  ['600 halves of a megabyte on a path of our own', 600, half(own, 1_000_000)],
  ['600 halves of a megabyte in chunks of a kilobyte', 600, halfInChunks(vendor, 1000, 1024)],
  // node makes a Buffer of each chunk, and the collector lets its young generation grow for three million of them.
  ['600 halves in chunks of one byte', 600, halfInChunks(own, 5000, 1), 150],
  ['1,000 halves of a header', 1000, 'GET /healthz HTTP/1.1\r\nhost: x\r\nx: '.padEnd(8000, 'x')],
])(
  '%s beside 1,000 idle ones cost little memory, and their descriptors are free within 30 seconds of the limit',
  { timeout: 120_000 },
  async (what, count, bytes, megabytes = 100) => {
    const child = await startChild('serve --database :memory:');
    const [files, before] = [descriptors(child), memory(child)];
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, memory(child));
    }, 100);
    onTestFinished(() => clearInterval(timer));
    await Promise.all([openMany(child.port, 1000, ''), openMany(child.port, count, bytes)]);
    const started = performance.now();
    expect(await healthy(child)).toBe(200);
    await expect.poll(() => descriptors(child), { timeout: 45_000, interval: 250 }).toBeLessThanOrEqual(files + 2);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${what}: descriptors back to ${files} after ${seconds} s, memory ${before.toFixed(0)} to at most ${most.toFixed(0)} MB`,
    );
    expect(await healthy(child)).toBe(200);
    // 16 MiB of bodies, the connections, and what the collector leaves for a while.
    expect(most - before).toBeLessThan(megabytes);
  },
);
