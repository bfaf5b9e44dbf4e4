import { queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

/** A connection to one of the processes on a shared database. `subscriptions` is JSON. */
export type StreamConnection = {
  readonly corpId: number;
  readonly id: number;
  readonly appId: number;
  readonly process: number;
  readonly ticket: string;
  readonly subscriptions: string;
  readonly client: string;
  readonly openedAt: number;
};

type ConnectionRow = [id: number, process: number, ticket: string, subscriptions: string, client: string, at: number];

const insertConnection = sql(
  'insert_stream_connection',
  `insert into stream_connections (corp_id, id, app_id, process, ticket, subscriptions, client, opened_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (corp_id, id) do update set process = excluded.process`,
);
const deleteConnection = sql(
  'delete_stream_connection',
  `delete from stream_connections where corp_id = $1 and id = $2`,
);
// Rows of a process that was killed stay until they are pruned.
const isAlive = 'exists (select 1 from processes p where p.corp_id = 0 and p.id = c.process)';
const selectConnections = sql<ConnectionRow>(
  'select_stream_connections',
  `select c.id, c.process, c.ticket, c.subscriptions, c.client, c.opened_at from stream_connections c
   where c.corp_id = $1 and c.app_id = $2 and ${isAlive} order by c.id`,
);
const countOfApp = sql<[count: number]>(
  'count_stream_connections',
  `select count(*) from stream_connections c where c.corp_id = $1 and c.app_id = $2 and ${isAlive}`,
);
const deleteOrphans = sql(
  'delete_orphaned_stream_connections',
  `delete from stream_connections where not exists
     (select 1 from processes p where p.corp_id = 0 and p.id = stream_connections.process)`,
);

export function* putConnection(connection: StreamConnection): Work<void> {
  const { corpId, id, appId, process, ticket, subscriptions, client, openedAt } = connection;
  yield* queryRows(insertConnection, corpId, id, appId, process, ticket, subscriptions, client, openedAt);
}

export function* dropConnection(corpId: number, id: number): Work<void> {
  yield* queryRows(deleteConnection, corpId, id);
}

/** Reads the connections of an app to all running processes, in the order of their numbers. */
export function* readConnections(corpId: number, appId: number): Work<readonly StreamConnection[]> {
  const rows = yield* queryRows(selectConnections, corpId, appId);
  return rows.map(([id, process, ticket, subscriptions, client, openedAt]) => {
    return { corpId, id, appId, process, ticket, subscriptions, client, openedAt };
  });
}

export function* countConnections(corpId: number, appId: number): Work<number> {
  return (yield* queryValue(countOfApp, corpId, appId)) ?? 0;
}

/** Removes the rows of connections to processes that are gone. */
export function* pruneConnections(): Work<void> {
  yield* queryRows(deleteOrphans);
}
