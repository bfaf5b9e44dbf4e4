import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';
import { type AccountRow, accountColumns, type OperatorAccount, toAccounts } from './operators.ts';

/**
 * A session of the console. `hash` is the hash of its secret. It was opened with the admin token, whose hash is
 * `openedBy`, or by an operator, who had this generation then.
 */
export type ConsoleSession = {
  readonly hash: string;
  readonly id: number;
  readonly openedBy: string;
  readonly operator?: { readonly id: number; readonly generation: number };
  readonly expiresAt: number;
};

/** A session with its operator as they are now; undefined if the admin token has opened it. */
export type FoundSession = ConsoleSession & { readonly account?: OperatorAccount | undefined };

const insertSession = sql(
  'insert_console_session',
  `insert into console_sessions (corp_id, hash, id, opened_by, expires_at, operator_id, generation)
   values (0, $1, $2, $3, $4, $5, $6)`,
);
const selectSession = sql<
  [id: number, openedBy: string, expiresAt: number, operatorId: number | null, generation: number | null]
>(
  'select_console_session',
  `select id, opened_by, expires_at, operator_id, generation from console_sessions where corp_id = 0 and hash = $1`,
);
const selectOperator = sql<AccountRow>(
  'select_session_operator',
  `select ${accountColumns} from operators o left join operator_grants g on g.operator_id = o.id
   where o.corp_id = 0 and o.id = $1 and o.generation = $2 and o.deleted_at is null and o.disabled_at is null
   order by g.corp_id`,
);
const deleteSession = sql('delete_console_session', `delete from console_sessions where corp_id = 0 and hash = $1`);
const dropExpired = sql(
  'drop_expired_console_sessions',
  `delete from console_sessions where corp_id = 0 and expires_at < $1`,
);

/** Stores a session, and deletes those that expired before `now`. */
export function* putConsoleSession(session: ConsoleSession, now: number): Work<void> {
  const { hash, id, openedBy, expiresAt, operator } = session;
  yield* queryRows(dropExpired, now);
  yield* queryRows(insertSession, hash, id, openedBy, expiresAt, operator?.id ?? null, operator?.generation ?? null);
}

/** Returns a session; undefined if there is none, or if its operator was disabled, deleted, or given other rights. */
export function* consoleSession(hash: string): Work<FoundSession | undefined> {
  const row = yield* queryRow(selectSession, hash);
  if (!row) return undefined;
  const [id, openedBy, expiresAt, operatorId, generation] = row;
  const session = { hash, id, openedBy, expiresAt };
  if (operatorId === null || generation === null) return session;
  const [account] = toAccounts(yield* queryRows(selectOperator, operatorId, generation));
  return account && { ...session, operator: { id: operatorId, generation }, account };
}

export function* dropConsoleSession(hash: string): Work<void> {
  yield* queryRows(deleteSession, hash);
}
