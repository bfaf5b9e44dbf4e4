import { padKeys } from '../engine/rows.ts';
import {
  type Driver,
  placeholders,
  queryList,
  queryRow,
  queryRows,
  queryValue,
  StoreError,
  sql,
  sqlList,
  type Work,
} from '../engine/sql.ts';
import { type AuditEntry, audit } from './audit.ts';

/** What an operator may do, in one organization (`corpId`) or in all of them (0). */
export type OperatorGrant = {
  readonly corpId: number;
  readonly role: string;
  /** The operator's own user in the organization. */
  readonly userId: number | null;
};

/** An operator of the console. Times are epoch milliseconds. */
export type OperatorAccount = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** In lower case. */
  readonly email: string | null;
  /** Rises when what the operator may do changes, which ends their sessions. */
  readonly generation: number;
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly grants: readonly OperatorGrant[];
};

/** A page of operators starts after this one: names are not unique. */
export type OperatorCursor = readonly [name: string, id: number];

/** A row of an operator, once for each grant; the grant is null if there is none. */
export type AccountRow = [
  id: number,
  code: string,
  name: string,
  email: string | null,
  generation: number,
  createdAt: number,
  disabledAt: number | null,
  corpId: number | null,
  role: string | null,
  userId: number | null,
];

/** The columns of an account, for `toAccounts`, from operators `o` and operator_grants `g`. */
export const accountColumns = `o.id, o.code, o.name, o.email, o.generation, o.created_at, o.disabled_at, g.corp_id, g.role, g.user_id`;

const selectWhere = (name: string, condition: string) =>
  sql<AccountRow>(
    name,
    `select ${accountColumns} from operators o left join operator_grants g on g.operator_id = o.id
     where o.deleted_at is null and ${condition} order by g.corp_id`,
  );
const selectByCode = selectWhere('select_operator', 'o.code = $1');
const selectById = selectWhere('select_operator_by_id', 'o.corp_id = 0 and o.id = $1');
const selectByEmail = selectWhere('select_operator_by_email', 'o.email = $1');
const selectPage = sql<AccountRow>(
  'select_operators_page',
  `select ${accountColumns}
   from (select * from operators where deleted_at is null and (name, id) > ($1, $2) order by name, id limit $3) o
   left join operator_grants g on g.operator_id = o.id order by o.name, o.id, g.corp_id`,
);
const countOperators = sql<[count: number]>(
  'count_operators',
  `select count(*) from operators where deleted_at is null`,
);
const selectNames = sqlList<[id: number, code: string, name: string]>(
  'select_operator_names',
  (count) => `select id, code, name from operators where corp_id = 0 and id in (${placeholders(1, count)})`,
);

/** Converts rows, of which those of one operator follow each other, to operators. */
export function toAccounts(rows: readonly AccountRow[]): readonly OperatorAccount[] {
  return [...Map.groupBy(rows, ([id]) => id).values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const [id, code, name, email, generation, createdAt, disabledAt] = first;
    const grants = own.flatMap(([, , , , , , , corpId, role, userId]) =>
      corpId === null || role === null ? [] : [{ corpId, role, userId }],
    );
    return [{ id, code, name, email, generation, createdAt, disabledAt, grants }];
  });
}

const insertOperator = sql(
  'insert_operator',
  `insert into operators (corp_id, id, code, name, email, generation, created_at, disabled_at)
   values (0, $1, $2, $3, $4, $5, $6, $7)`,
);
const updateOperator = sql<[id: number]>(
  'update_operator',
  `update operators set name = $3, email = $4, generation = $5, disabled_at = $6
   where corp_id = 0 and id = $1 and generation = $2 and name = $7 and coalesce(email, '') = $8 and deleted_at is null
   returning id`,
);
const deleteOperator = sql<[id: number]>(
  'delete_operator',
  `update operators set email = null, generation = generation + 1, deleted_at = $2
   where corp_id = 0 and id = $1 and deleted_at is null returning id`,
);
const deleteGrants = sql('delete_operator_grants', `delete from operator_grants where operator_id = $1`);
const insertGrant = sql(
  'insert_operator_grant',
  `insert into operator_grants (corp_id, operator_id, role, user_id) values ($1, $2, $3, $4)`,
);
const lockUser = sql<[id: number]>(
  'lock_user_of_operator',
  `select id from users where corp_id = $1 and id = $2 and left_at is null {locked}`,
);
const deleteGrantsOfUser = sql<[operatorId: number, role: string]>(
  'delete_operator_grants_of_user',
  `delete from operator_grants where corp_id = $1 and user_id = $2 returning operator_id, role`,
);
const raiseGeneration = sql<[code: string]>(
  'raise_operator_generation',
  `update operators set generation = generation + 1 where corp_id = 0 and id = $1 returning code`,
);
const selectOfUser = sql<[operatorId: number]>(
  'select_operators_of_user',
  `select operator_id from operator_grants where corp_id = $1 and user_id = $2`,
);
const deleteSessions = sql(
  'delete_operator_sessions',
  `delete from console_sessions where corp_id = 0 and operator_id = $1`,
);
const deleteLinks = sql('delete_operator_links', `delete from operator_links where corp_id = 0 and operator_id = $1`);
const insertLink = sql(
  'insert_operator_link',
  `insert into operator_links (corp_id, hash, operator_id, expires_at) values (0, $1, $2, $3)`,
);
const takeLinkRow = sql<[operatorId: number, expiresAt: number]>(
  'take_operator_link',
  `delete from operator_links where corp_id = 0 and hash = $1 returning operator_id, expires_at`,
);
const selectLink = sql<[operatorId: number]>(
  'select_operator_link',
  `select operator_id from operator_links where corp_id = 0 and hash = $1`,
);

function* putGrants(id: number, grants: readonly OperatorGrant[]): Work<void> {
  yield* queryRows(deleteGrants, id);
  for (const { corpId, role, userId } of grants) {
    // A user who has left meanwhile gets none. The lock makes a removal wait, which then ends the grant.
    if (userId !== null && (yield* queryRow(lockUser, corpId, userId)) === undefined) continue;
    yield* queryRows(insertGrant, corpId, id, role, userId);
  }
}

/** A grant that has ended. `code` is that of its operator. */
export type EndedGrant = { readonly code: string; readonly role: string };

/**
 * Ends the grants whose operator is this user, and the sessions of these operators. Their grants in other organizations
 * stay.
 */
export function* endGrantsOf(corpId: number, userId: number): Work<readonly EndedGrant[]> {
  const ended: EndedGrant[] = [];
  for (const [id, role] of yield* queryRows(deleteGrantsOfUser, corpId, userId)) {
    const code = yield* queryValue(raiseGeneration, id);
    yield* queryRows(deleteSessions, id);
    if (code !== undefined) ended.push({ code, role });
  }
  return ended;
}

function* addOperator(account: OperatorAccount, entry: AuditEntry): Work<void> {
  const { id, code, name, email, generation, createdAt, disabledAt, grants } = account;
  if (email !== null) yield* refuseTakenEmail(id, email);
  yield* queryRows(insertOperator, id, code, name, email, generation, createdAt, disabledAt);
  yield* putGrants(id, grants);
  yield* audit(entry);
}

function* refuseTakenEmail(id: number, email: string): Work<void> {
  const [other] = toAccounts(yield* queryRows(selectByEmail, email));
  if (other && other.id !== id) throw new StoreError('taken', `the email address belongs to operator ${other.code}`);
}

function* changeOperator(was: OperatorAccount, became: OperatorAccount, entry: AuditEntry): Work<void> {
  const { id, name, email, generation, disabledAt, grants } = became;
  if (email !== null) yield* refuseTakenEmail(id, email);
  const changed = yield* queryValue(
    updateOperator,
    ...[id, was.generation, name, email, generation, disabledAt, was.name, was.email ?? ''],
  );
  if (changed === undefined) throw new StoreError('stale', `operator ${was.code} was changed by somebody else`);
  if (generation !== was.generation) {
    yield* putGrants(id, grants);
    yield* queryRows(deleteSessions, id);
  }
  if (disabledAt !== null) yield* queryRows(deleteLinks, id);
  yield* audit(entry);
}

function* removeOperator(id: number, entry: AuditEntry): Work<boolean> {
  if ((yield* queryValue(deleteOperator, id, entry.at)) === undefined) return false;
  yield* queryRows(deleteGrants, id);
  yield* queryRows(deleteSessions, id);
  yield* queryRows(deleteLinks, id);
  yield* audit(entry);
  return true;
}

function* putLink(hash: string, id: number, expiresAt: number, entry: AuditEntry): Work<void> {
  // Only the newest link is valid: one that was lost is replaced.
  yield* queryRows(deleteLinks, id);
  yield* queryRows(insertLink, hash, id, expiresAt);
  yield* audit(entry);
}

function* takeLink(hash: string, now: number): Work<OperatorAccount | undefined> {
  const [operatorId, expiresAt = 0] = (yield* queryRow(takeLinkRow, hash)) ?? [];
  if (operatorId === undefined || expiresAt <= now) return undefined;
  const [account] = toAccounts(yield* queryRows(selectById, operatorId));
  return account;
}

function* readNames(ids: readonly number[]): Work<ReadonlyMap<number, { code: string; name: string }>> {
  if (ids.length === 0) return new Map();
  const keys = padKeys([...new Set(ids)]);
  const rows = yield* queryList(selectNames(keys.length), keys);
  return new Map(rows.map(([id, code, name]) => [id, { code, name }]));
}

/** Creates the verbs for the operators of the console, their grants and their sign-in links. */
export function createAccountVerbs(driver: Driver) {
  const findOne = (rows: () => Work<readonly AccountRow[]>) =>
    driver.read(function* (): Work<OperatorAccount | undefined> {
      return toAccounts(yield* rows())[0];
    });
  return {
    page: ([name, id]: OperatorCursor, limit: number) =>
      driver.read(function* () {
        return toAccounts(yield* queryRows(selectPage, name, id, limit));
      }),
    count: () =>
      driver.read(function* () {
        return (yield* queryValue(countOperators)) ?? 0;
      }),
    byCode: (code: string) => findOne(() => queryRows(selectByCode, code)),
    byId: (id: number) => findOne(() => queryRows(selectById, id)),
    byEmail: (email: string) => findOne(() => queryRows(selectByEmail, email)),
    /** The codes and names of operators by number, also of those who were deleted. */
    names: (ids: readonly number[]) => driver.read(() => readNames(ids)),
    /** The numbers of the operators who are this user. */
    ofUser: (corpId: number, userId: number) =>
      driver.read(function* () {
        return (yield* queryRows(selectOfUser, corpId, userId)).map(([id]) => id);
      }),
    /** Throws a StoreError with the reason `taken` if another operator has the email address. */
    add: (account: OperatorAccount, entry: AuditEntry) => driver.write(() => addOperator(account, entry)),
    /**
     * Replaces an operator. With another generation, the grants are replaced and the sessions end. Throws a StoreError
     * with the reason `stale` if the operator has changed since `was` was read, or `taken` like `add`.
     */
    change: (was: OperatorAccount, became: OperatorAccount, entry: AuditEntry) =>
      driver.write(() => changeOperator(was, became, entry)),
    /** Deletes an operator, except for the name. Resolves with false if there is none. */
    remove: (id: number, entry: AuditEntry) => driver.write(() => removeOperator(id, entry)),
    /** Stores the hash of a one-time link, which replaces earlier ones of the operator. */
    putLink: (hash: string, id: number, expiresAt: number, entry: AuditEntry) =>
      driver.write(() => putLink(hash, id, expiresAt, entry)),
    /** Whether a link is stored, even if it has expired. Does not use it up. */
    hasLink: (hash: string) =>
      driver.read(function* () {
        return (yield* queryValue(selectLink, hash)) !== undefined;
      }),
    /** Deletes a one-time link and returns its operator; undefined if the link is unknown, used or expired. */
    takeLink: (hash: string, now: number) => driver.write(() => takeLink(hash, now)),
  };
}

export type AccountVerbs = ReturnType<typeof createAccountVerbs>;
