import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/** An operator's session. `hash` is the hash of its secret, `openedBy` the hash of the admin token that opened it. */
export type ConsoleSession = {
  readonly hash: string;
  readonly id: number;
  readonly openedBy: string;
  readonly expiresAt: number;
};

const insertSession = sql(
  'insert_console_session',
  `insert into console_sessions (corp_id, hash, id, opened_by, expires_at) values (0, $1, $2, $3, $4)`,
);
const selectSession = sql<[id: number, openedBy: string, expiresAt: number]>(
  'select_console_session',
  `select id, opened_by, expires_at from console_sessions where corp_id = 0 and hash = $1`,
);
const deleteSession = sql('delete_console_session', `delete from console_sessions where corp_id = 0 and hash = $1`);
const dropExpired = sql(
  'drop_expired_console_sessions',
  `delete from console_sessions where corp_id = 0 and expires_at < $1`,
);

/** Stores an operator's session, and deletes those that expired before `now`. */
export function* putConsoleSession({ hash, id, openedBy, expiresAt }: ConsoleSession, now: number): Work<void> {
  yield* queryRows(dropExpired, now);
  yield* queryRows(insertSession, hash, id, openedBy, expiresAt);
}

export function* consoleSession(hash: string): Work<ConsoleSession | undefined> {
  const row = yield* queryRow(selectSession, hash);
  if (!row) return undefined;
  const [id, openedBy, expiresAt] = row;
  return { hash, id, openedBy, expiresAt };
}

export function* dropConsoleSession(hash: string): Work<void> {
  yield* queryRows(deleteSession, hash);
}
