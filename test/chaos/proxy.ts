import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { createSplitter, createTransactionWatch } from './wire.ts';

/** A TCP proxy between one process and PostgreSQL, on a port of its own. */
export type Relay = {
  readonly port: number;
  /** Where new connections lead: a port of this machine. */
  target: number;
  /** While true, new connections are reset. */
  refuses: boolean;
  /** Breaks every connection, by a reset or by an orderly end, and returns how many there were. */
  cut(how: 'reset' | 'end'): number;
  /** Forwards nothing in either direction until `resume()`. */
  stall(): void;
  resume(): void;
  /** Drops the response to the next commit, which has succeeded, and closes its connection. Resolves then. */
  swallowCommit(): Promise<void>;
  close(): Promise<void>;
};

type Pair = { readonly client: Socket; readonly server: Socket };

/** Opens a proxy. */
export async function openRelay(target: number): Promise<Relay> {
  const pairs = new Set<Pair>();
  let isStalled = false;
  let swallows: (() => void) | undefined;
  const listener = createServer((client) => {
    if (proxy.refuses) return void client.resetAndDestroy();
    const server = createConnection(proxy.target, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    const split = createSplitter();
    const isCommit = createTransactionWatch();
    client.on('data', (chunk) => void server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      for (const message of split(chunk)) {
        if (isCommit(message) && swallows) {
          swallows();
          swallows = undefined;
          client.resetAndDestroy();
          return void server.resetAndDestroy();
        }
        client.write(message);
      }
    });
    if (isStalled) pause(pair);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const proxy: Relay = {
    port: (listener.address() as AddressInfo).port,
    target,
    refuses: false,
    cut(how) {
      const { size } = pairs;
      for (const { client, server } of pairs)
        for (const socket of [client, server]) how === 'reset' ? socket.resetAndDestroy() : socket.end();
      return size;
    },
    stall() {
      isStalled = true;
      for (const pair of pairs) pause(pair);
    },
    resume() {
      isStalled = false;
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.resume();
    },
    swallowCommit: () =>
      new Promise((resolve) => {
        swallows = resolve;
      }),
    async close() {
      proxy.cut('reset');
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
}

const pause = ({ client, server }: Pair) => {
  for (const socket of [client, server]) socket.pause();
};

/** Ends one side of a pair when the other ends. */
function join(pair: Pair, onClose: () => void): void {
  const { client, server } = pair;
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.setNoDelay(true);
    one.on('error', () => other.destroy());
    one.on('end', () => other.end());
    one.on('close', () => {
      other.destroy();
      onClose();
    });
  }
}
