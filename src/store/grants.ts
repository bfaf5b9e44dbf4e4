import { type Driver, queryRow, queryRows, queryValue, sql, type Work } from './engine/sql.ts';
import type { Grant, Session, SuiteTicket } from './model.ts';
import { lockName } from './numbers.ts';
import { directoryVersionColumn } from './versions.ts';

type GrantRow = [
  corpId: number,
  id: number,
  appId: number,
  appGeneration: number,
  authGeneration: number,
  expiresAt: number,
];

const grantColumns = 'corp_id, id, app_id, app_generation, authorization_generation, expires_at';

export const selectGrant = sql<GrantRow>(
  'select_grant',
  `select ${grantColumns} from grants where corp_id = $1 and id = $2`,
);
/**
 * Like `selectGrant`, with the version of the directory, so that on a shared database the version needs no round trip
 * of its own.
 */
export const selectVersionedGrant = sql<[...GrantRow, directory: number]>(
  'select_versioned_grant',
  `select ${grantColumns}, ${directoryVersionColumn} as directory
   from grants where corp_id = $1 and id = $2`,
);
/** A grant, with the version of the directory when it was read. */
export type VersionedGrant = { readonly grant: Grant; readonly directory: number };

/** Converts a row of `selectVersionedGrant`. */
export function toVersionedGrant([corpId, id, appId, generation, authorization, expiresAt, directory]: Readonly<
  [...GrantRow, directory: number]
>): VersionedGrant {
  return { grant: toGrant([corpId, id, appId, generation, authorization, expiresAt]), directory };
}

const selectShared = sql<GrantRow>(
  'select_shared_grant',
  `select ${grantColumns} from grants
   where corp_id = $1 and app_id = $2 and shared = 1 and expires_at > $3
     and app_generation = $4 and authorization_generation = $5
   order by expires_at desc limit 1`,
);
const insertGrant = sql(
  'insert_grant',
  `insert into grants (corp_id, id, app_id, app_generation, authorization_generation, shared, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);
// An expiry never moves back, even if the clock was set back or another process's clock is ahead.
const extendGrant = sql<[expiresAt: number]>(
  'extend_grant',
  `update grants set expires_at = case when expires_at > $3 then expires_at else $3 end where corp_id = $1 and id = $2
   returning expires_at`,
);

/** Converts a row of `selectGrant`. */
export function toGrant([
  corpId,
  id,
  appId,
  appGeneration,
  authorizationGeneration,
  expiresAt,
]: Readonly<GrantRow>): Grant {
  return { corpId, id, appId, appGeneration, authorizationGeneration, expiresAt };
}

/**
 * Issues a grant. While a shared grant is valid, further calls return the same one with a later expiry (the vendor's
 * accessToken). A grant that is not shared is always new (corpAccessToken).
 *
 * @param fresh the grant to store, unless there is a valid shared one
 * @param now epoch milliseconds
 */
export function* issueGrant(fresh: Grant, shared: boolean, now: number): Work<Grant> {
  const { corpId, id, appId, appGeneration, authorizationGeneration, expiresAt } = fresh;
  const known = [corpId, appId, now, appGeneration, authorizationGeneration] as const;
  let row = shared ? yield* queryRow(selectShared, ...known) : undefined;
  if (shared && !row) {
    // If two transactions find none at the same time, the second waits here and then finds the grant of the first.
    yield* lockName(corpId, `grants of ${appId}`);
    row = yield* queryRow(selectShared, ...known);
  }
  if (row) {
    const found = toGrant(row);
    const extended = yield* queryValue(extendGrant, corpId, found.id, expiresAt);
    return { ...found, expiresAt: extended ?? expiresAt };
  }
  yield* queryRows(insertGrant, corpId, id, appId, appGeneration, authorizationGeneration, shared ? 1 : 0, expiresAt);
  return fresh;
}

const insertTicket = sql(
  'insert_ticket',
  `insert into suite_tickets (corp_id, app_id, id, ticket, created_at) values ($1, $2, $3, $4, $5)`,
);
const selectTickets = sql<[ticket: string, createdAt: number]>(
  'select_tickets',
  `select ticket, created_at from suite_tickets where corp_id = $1 and app_id = $2 order by id desc limit 2`,
);
const dropOldTickets = sql(
  'drop_old_tickets',
  `delete from suite_tickets where corp_id = $1 and app_id = $2 and id <= $3 - 2`,
);

/** Stores a suite ticket, and deletes all but the two newest of the app. */
export function* putTicket(corpId: number, appId: number, ticket: string, createdAt: number): Work<void> {
  yield* lockName(corpId, `tickets of ${appId}`);
  const last = (yield* queryValue(selectLastTicket, corpId, appId)) ?? 0;
  yield* queryRows(insertTicket, corpId, appId, last + 1, ticket, createdAt);
  yield* queryRows(dropOldTickets, corpId, appId, last + 1);
}

const selectLastTicket = sql<[id: number | null]>(
  'select_last_ticket',
  `select max(id) from suite_tickets where corp_id = $1 and app_id = $2`,
);

/** Reads an app's valid suite tickets, newest first. */
function* readTickets(corpId: number, appId: number): Work<readonly SuiteTicket[]> {
  return (yield* queryRows(selectTickets, corpId, appId)).map(([ticket, createdAt]) => ({ appId, ticket, createdAt }));
}

const insertSession = sql(
  'insert_session',
  `insert into sessions (corp_id, id, user_id, expires_at) values ($1, $2, $3, $4)`,
);
const selectSession = sql<[userId: number, expiresAt: number]>(
  'select_session',
  `select s.user_id, s.expires_at from sessions s join users u on u.corp_id = s.corp_id and u.id = s.user_id
   where s.corp_id = $1 and s.id = $2 and u.left_at is null`,
);
const deleteSession = sql('delete_session', `delete from sessions where corp_id = $1 and id = $2`);

/** Stores a person's session. */
function* putSession({ corpId, id, userId, expiresAt }: Session): Work<void> {
  yield* queryRows(insertSession, corpId, id, userId, expiresAt);
}

/** Finds a session, unless its user has left. */
function* findSession(corpId: number, id: number): Work<Session | undefined> {
  const row = yield* queryRow(selectSession, corpId, id);
  if (!row) return undefined;
  const [userId, expiresAt] = row;
  return { corpId, id, userId, expiresAt };
}

/** Deletes a session. */
function* dropSession(corpId: number, id: number): Work<void> {
  yield* queryRows(deleteSession, corpId, id);
}

const insertCode = sql(
  'insert_sign_in_code',
  `insert into sign_in_codes (corp_id, hash, user_id, expires_at) values ($1, $2, $3, $4)`,
);
const takeCode = sql<[userId: number, expiresAt: number]>(
  'take_sign_in_code',
  `delete from sign_in_codes where corp_id = $1 and hash = $2 returning user_id, expires_at`,
);
const selectCode = sql<[userId: number]>(
  'select_sign_in_code',
  `select user_id from sign_in_codes where corp_id = $1 and hash = $2`,
);

/** Whether a one-time sign-in code is stored, even if it has expired. Does not use it up. */
function* hasSignInCode(corpId: number, hash: string): Work<boolean> {
  return (yield* queryValue(selectCode, corpId, hash)) !== undefined;
}

/** Stores the hash of a one-time sign-in code. `expiresAt` is in epoch milliseconds. */
export function* putSignInCode(corpId: number, hash: string, userId: number, expiresAt: number): Work<void> {
  yield* queryRows(insertCode, corpId, hash, userId, expiresAt);
}

/** Deletes a one-time code and returns its user; undefined if the code is unknown, used or expired. */
function* takeSignInCode(corpId: number, hash: string, now: number): Work<{ userId: number } | undefined> {
  const [userId, expiresAt = 0] = (yield* queryRow(takeCode, corpId, hash)) ?? [];
  return userId !== undefined && expiresAt > now ? { userId } : undefined;
}

const dropExpired = [
  sql('drop_expired_grants', `delete from grants where expires_at < $1`),
  sql('drop_expired_sessions', `delete from sessions where expires_at < $1`),
  sql('drop_expired_codes', `delete from sign_in_codes where expires_at < $1`),
  sql('drop_expired_operator_links', `delete from operator_links where expires_at < $1`),
];
const dropAnswers = sql('drop_old_answers', `delete from idempotency where created_at < $1`);

/**
 * Deletes expired tokens, sessions and codes, and the idempotency records created before `answersBefore` (epoch
 * milliseconds).
 */
export function* deleteExpired(now: number, answersBefore: number): Work<void> {
  for (const statement of dropExpired) yield* queryRows(statement, now);
  yield* queryRows(dropAnswers, answersBefore);
}

/** Creates the verbs for suite tickets, sessions of users, and one-time sign-in codes. */
export function createCredentialVerbs(driver: Driver) {
  return {
    putTicket: (corpId: number, appId: number, ticket: string, createdAt: number) =>
      driver.write(() => putTicket(corpId, appId, ticket, createdAt)),
    tickets: (corpId: number, appId: number) => driver.read(() => readTickets(corpId, appId)),
    putSession: (session: Session) => driver.write(() => putSession(session)),
    findSession: (corpId: number, id: number) => driver.read(() => findSession(corpId, id)),
    dropSession: (corpId: number, id: number) => driver.write(() => dropSession(corpId, id)),
    putSignInCode: (corpId: number, hash: string, userId: number, expiresAt: number) =>
      driver.write(() => putSignInCode(corpId, hash, userId, expiresAt)),
    /** Whether a one-time sign-in code is stored, even if it has expired. */
    hasSignInCode: (corpId: number, hash: string) => driver.read(() => hasSignInCode(corpId, hash)),
    takeSignInCode: (corpId: number, hash: string, now: number) =>
      driver.write(() => takeSignInCode(corpId, hash, now)),
  };
}

export type CredentialVerbs = ReturnType<typeof createCredentialVerbs>;
