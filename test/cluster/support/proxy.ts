import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What happens to the connection whose commit is not acknowledged: it is closed at once, or stays open in silence. */
export type Loss = 'cut' | 'silent';

/** A proxy between huizhi and PostgreSQL. */
export type Proxy = {
  /** The database's address through this proxy. */
  readonly url: string;
  /**
   * Drops the response to the next commit of a transaction that has run a statement with this text. The commit itself
   * succeeds. The promise resolves when the server has committed.
   */
  loseCommitOf(text: string, loss?: Loss): Promise<void>;
};

type Trap = { readonly text: string; readonly loss: Loss; readonly sprung: () => void };

/** Starts a proxy in front of a database; it stops when the test ends. */
export async function startProxy(database: string): Promise<Proxy> {
  const target = new URL(database);
  const traps: Trap[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    relay(client, upstream, traps);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseCommitOf: (text, loss = 'cut') => new Promise((sprung) => traps.push({ text, loss, sprung })),
  };
}

function relay(client: Socket, upstream: Socket, traps: Trap[]): void {
  let lost: Trap | undefined;
  let swallowed = Buffer.alloc(0);
  const end = () => {
    client.destroy();
    upstream.destroy();
  };
  const read = readMessages((transaction) => {
    const at = traps.findIndex(({ text }) => transaction.some((statement) => statement.includes(text)));
    if (at >= 0) [lost] = traps.splice(at, 1);
  });
  client.on('data', (chunk: Buffer) => {
    read(chunk);
    upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (!lost) return void client.write(chunk);
    swallowed = Buffer.concat([swallowed, chunk]);
    if (!swallowed.includes('COMMIT\0')) return;
    lost.sprung();
    if (lost.loss === 'cut') end();
  });
  client.on('close', end);
  upstream.on('close', end);
}

const int32 = 4;

/**
 * Reads the messages of a PostgreSQL client, and reports each commit with the texts of its transaction's statements.
 */
function readMessages(onCommit: (transaction: readonly string[]) => void): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  let transaction: string[] = [];
  let rest = Buffer.alloc(0);
  // The first message of a connection has no type.
  let isFirst = true;
  const take = (type: string, body: Buffer) => {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (type === 'P') prepared.set(first, second);
    if (type === 'B') transaction.push(prepared.get(second) ?? '');
    if (type !== 'Q') return;
    if (first === 'commit') onCommit(transaction);
    transaction = [];
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (rest.length < head + int32) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      take(isFirst ? '' : String.fromCharCode(rest[0] ?? 0), rest.subarray(head + int32, length));
      rest = rest.subarray(length);
      isFirst = false;
    }
  };
}
