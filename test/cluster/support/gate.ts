import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A load balancer in front of several processes: one address, whose connections go to the processes that accept them.
 */
export type Gate = {
  readonly url: string;
  /** Adds a process by its port. */
  add(port: number): void;
};

/**
 * Starts a gate; it stops when the test ends. Connections of Stream mode go to the first process that accepts them, all
 * others to each in turn.
 */
export async function startGate(): Promise<Gate> {
  const ports: number[] = [];
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    sockets.add(client.on('error', () => {}));
    client.once('data', (chunk: Buffer) => {
      client.pause();
      const first = chunk.toString('latin1').startsWith('GET /connect') ? 0 : turn++ % ports.length;
      relay(client, chunk, [...ports.slice(first), ...ports.slice(0, first)]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (port) => void ports.push(port),
  };
}

/** Connects a client to the first of the ports that accepts it. */
function relay(client: Socket, chunk: Buffer, [port, ...rest]: readonly number[]): void {
  if (port === undefined) return void client.destroy();
  const upstream = connect(port, '127.0.0.1');
  let isOpen = false;
  upstream.on('connect', () => {
    isOpen = true;
    upstream.write(chunk);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
  });
  upstream.on('error', () => {});
  upstream.on('close', () => (isOpen ? client.destroy() : relay(client, chunk, rest)));
}
