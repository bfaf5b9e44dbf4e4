import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import { lockName } from '../numbers.ts';
import { countConnections, putConnection } from './connections.ts';

/**
 * A ticket, with which a client may open one connection. `hash` is its SHA-256, `era` that of its app, `subscriptions`
 * JSON, `client` what the client says about itself. `expiresAt` is epoch milliseconds.
 */
export type StreamTicket = {
  readonly corpId: number;
  readonly hash: string;
  readonly appId: number;
  readonly era: number;
  readonly subscriptions: string;
  readonly client: string;
  readonly expiresAt: number;
};

const insertTicket = sql(
  'insert_stream_ticket',
  `insert into stream_tickets (corp_id, hash, app_id, era, subscriptions, client, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);
const dropExpired = sql(
  'drop_expired_stream_tickets',
  `delete from stream_tickets where corp_id = $1 and app_id = $2 and expires_at <= $3`,
);
const countTickets = sql<[count: number]>(
  'count_stream_tickets',
  `select count(*) from stream_tickets where corp_id = $1 and app_id = $2 and expires_at > $3 and era = $4`,
);

/**
 * Stores a ticket, and removes expired ones of its app. Returns false, without storing it, if the app has `most` open
 * tickets.
 */
export function* putStreamTicket(ticket: StreamTicket, now: number, most: number): Work<boolean> {
  const { corpId, hash, appId, era, subscriptions, client, expiresAt } = ticket;
  yield* lockName(corpId, `stream ${appId}`);
  yield* queryRows(dropExpired, corpId, appId, now);
  if (((yield* queryValue(countTickets, corpId, appId, now, era)) ?? 0) >= most) return false;
  yield* queryRows(insertTicket, corpId, hash, appId, era, subscriptions, client, expiresAt);
  return true;
}

type TicketRow = [corpId: number, appId: number, era: number, subscriptions: string, client: string, expiresAt: number];

const selectTicket = sql<TicketRow>(
  'select_stream_ticket',
  `select corp_id, app_id, era, subscriptions, client, expires_at from stream_tickets where hash = $1`,
);
const takeTicket = sql<[hash: string]>(
  'take_stream_ticket',
  `delete from stream_tickets where corp_id = $1 and hash = $2 returning hash`,
);

/** Where the connection of a ticket will be. `process` is undefined if there is only one, which stores no rows. */
export type Seat = {
  readonly id: number;
  readonly process: number | undefined;
  /** The ticket itself. It can open no other connection, and frames contain it. */
  readonly ticket: string;
  readonly now: number;
  /** The number of connections that an app may have. */
  readonly most: number;
};

/**
 * Redeems a ticket and, on a shared database, stores the row of its connection. Returns undefined if the ticket is
 * unknown, used or expired, and `full` if the app has too many connections; the ticket then stays.
 */
export function* redeemStreamTicket(hash: string, seat: Seat): Work<StreamTicket | 'full' | undefined> {
  const row = yield* queryRow(selectTicket, hash);
  if (!row) return undefined;
  const [corpId, appId, era, subscriptions, client, expiresAt] = row;
  const { id, process, ticket, now, most } = seat;
  if (process !== undefined) {
    yield* lockName(corpId, `stream ${appId}`);
    if ((yield* countConnections(corpId, appId)) >= most) return 'full';
  }
  if (!(yield* queryRow(takeTicket, corpId, hash)) || expiresAt <= now) return undefined;
  if (process !== undefined)
    yield* putConnection({ corpId, id, appId, process, ticket, subscriptions, client, openedAt: now });
  return { corpId, hash, appId, era, subscriptions, client, expiresAt };
}

const dropAllExpired = sql('drop_all_expired_stream_tickets', `delete from stream_tickets where expires_at <= $1`);

/** Removes the expired tickets of all apps. */
export function* pruneStreamTickets(now: number): Work<void> {
  yield* queryRows(dropAllExpired, now);
}
