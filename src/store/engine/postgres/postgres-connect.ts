import postgres from 'postgres';
import { StoreError } from '../sql.ts';
import { parseAddress, toClientOptions } from './postgres-address.ts';
import { createPool, type Pool } from './postgres-pool.ts';
import type { Sql } from './postgres-query.ts';
import { type Session, startupParameters } from './postgres-session.ts';

/** Seconds that a connection may take to open. */
const connectTimeout = 5;

/**
 * Creates a connection pool for an address. Connections open when they are first needed, and use the servers of the
 * address in turn.
 */
export function openPool(url: string, size: number, { schema, slow }: Pick<Pool, 'schema' | 'slow'>): Pool {
  const session: Session = { isPooled: false, isCitus: false };
  const servers = Math.max(1, parseAddress(url)?.hosts.length ?? 1);
  const startup = () => (session.isPooled ? {} : startupParameters);
  return createPool({
    size,
    servers,
    session,
    schema,
    slow,
    connect: (onclose, server) => connect(url, { onclose, server: server % servers, startup: startup() }),
  });
}

type Connecting = {
  readonly onclose?: () => void;
  readonly server?: number;
  readonly startup?: Readonly<Record<string, string>>;
};

/**
 * Creates a postgres.js client with a single connection.
 *
 * @param options `server` is the index of the server to use; without it, the client tries all servers of the address in
 *   turn until one accepts
 * @throws StoreError `unavailable` if the address cannot be parsed
 */
export function connect(text: string, { onclose, server, startup }: Connecting = {}): Sql {
  const address = parseAddress(text);
  if (!address) throw unreadable();
  const { url, servers } = toClientOptions(address, server);
  try {
    return postgres(url, {
      ...servers,
      max: 1,
      ...(onclose ? { onclose } : {}),
      connect_timeout: connectTimeout,
      // At most a second, so that the client reconnects soon after the server is back.
      backoff: (attempts: number) => Math.min(3 ** attempts / 100, 1) * (0.5 + Math.random() / 2),
      max_lifetime: null,
      // 64-bit integers become numbers, since all of ours are within 53 bits. No result is an array, so the client need
      // not query array types.
      fetch_types: false,
      onnotice: () => {},
      types: { int8: { to: 20, from: [20], parse: Number, serialize: String } },
      connection: { application_name: 'huizhi', ...startup },
    });
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause?: unknown) =>
  new StoreError('unavailable', 'cannot read the address of the database', {
    cause,
    advice:
      'Write it as postgres://user:password@host:port/name, several hosts with commas between them, settings behind a question mark.',
  });
