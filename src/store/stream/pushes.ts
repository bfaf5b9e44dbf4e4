import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/** A push through a connection to another process. `body` is the push as JSON. */
export type StoredPush = {
  readonly corpId: number;
  readonly id: number;
  readonly connectionId: number;
  /** The process that has the connection, and the one that sends. */
  readonly process: number;
  readonly owner: number;
  readonly body: string;
};

/** What has become of a push. `answer` is JSON; undefined if there will be none. */
export type PushResult = { readonly answer: string | undefined };

const insertPush = sql(
  'insert_push',
  `insert into pushes (corp_id, id, connection_id, process, owner, state, body) values ($1, $2, $3, $4, $5, 0, $6)`,
);
const takePush = sql<[connectionId: number, owner: number, body: string]>(
  'take_push',
  `update pushes set state = 1 where corp_id = $1 and id = $2 and process = $3 and state = 0
   returning connection_id, owner, body`,
);
const selectWaiting = sql<[corpId: number, id: number]>(
  'select_waiting_pushes',
  `select corp_id, id from pushes where process = $1 and state = 0 order by corp_id, id limit 500`,
);
const selectAnswered = sql<[corpId: number, id: number]>(
  'select_answered_pushes',
  `select corp_id, id from pushes where owner = $1 and state > 1 order by corp_id, id limit 500`,
);
const endPush = sql(
  'end_push',
  `update pushes set state = $3, answer = $4 where corp_id = $1 and id = $2 and state = 1`,
);
const selectResult = sql<[answer: string | null]>(
  'select_push_result',
  `select answer from pushes where corp_id = $1 and id = $2 and state > 1`,
);
const deletePush = sql('delete_push', `delete from pushes where corp_id = $1 and id = $2`);
const deleteOrphans = sql(
  'delete_orphaned_pushes',
  `delete from pushes where not exists
     (select 1 from processes p where p.corp_id = 0 and p.id = pushes.owner)`,
);

export function* putPush({ corpId, id, connectionId, process, owner, body }: StoredPush): Work<void> {
  yield* queryRows(insertPush, corpId, id, connectionId, process, owner, body);
}

/** Takes a push that waits for this process. Returns undefined if it was taken already, or given up. */
export function* takeWaitingPush(corpId: number, id: number, process: number): Work<StoredPush | undefined> {
  const [connectionId, owner = 0, body = ''] = (yield* queryRow(takePush, corpId, id, process)) ?? [];
  return connectionId === undefined ? undefined : { corpId, id, connectionId, process, owner, body };
}

/** Reads the numbers of the pushes that wait for a process. */
export function* readWaitingPushes(process: number): Work<readonly (readonly [corpId: number, id: number])[]> {
  return yield* queryRows(selectWaiting, process);
}

/** Reads the numbers of the pushes of a process that have a result. */
export function* readAnsweredPushes(owner: number): Work<readonly (readonly [corpId: number, id: number])[]> {
  return yield* queryRows(selectAnswered, owner);
}

/** Stores the result of a push that this process has taken. */
export function* putPushResult(corpId: number, id: number, { answer }: PushResult): Work<void> {
  yield* queryRows(endPush, corpId, id, answer === undefined ? 3 : 2, answer ?? null);
}

/** Reads the result of a push; undefined while there is none. */
export function* readPushResult(corpId: number, id: number): Work<PushResult | undefined> {
  const row = yield* queryRow(selectResult, corpId, id);
  return row && { answer: row[0] ?? undefined };
}

export function* dropPush(corpId: number, id: number): Work<void> {
  yield* queryRows(deletePush, corpId, id);
}

/** Removes the pushes of processes that are gone. */
export function* prunePushes(): Work<void> {
  yield* queryRows(deleteOrphans);
}
