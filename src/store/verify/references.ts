import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, type Row, type Statement, sql, sqlList, type Work } from '../engine/sql.ts';
import { parseRecipients } from '../messages/receipts.ts';
import { inOrganization, loose, optional, references, sameNumbers } from '../move/check-dump.ts';
import { appOfSender } from '../notices/senders.ts';
import type { Problem } from './problems.ts';

/** Finds rows that refer to nothing, among the rows of one table. */
export type ReferenceCheck = (table: string, columns: readonly string[], rows: readonly Row[]) => Work<Problem[]>;

/** The number of the root department, which has no row. */
const rootDepartment = 1;

/** Cached numbers of a table, after which the cache is cleared. */
const defaultMaxKnown = 1_000_000;

/** Numbers in one statement. */
const maxNumbers = 128;

/** The rows of a table that exist, as far as they were looked up. */
type Known = {
  /** Looks up numbers of an organization. */
  load(corpId: unknown, ids: readonly unknown[]): Work<void>;
  /** Clears the cache if it is full. Not within a page, whose rows refer to what was looked up before. */
  trim(): void;
  has(corpId: unknown, id: unknown): boolean;
};

/**
 * Creates the check. It caches the numbers that exist, so that most pages of rows need no lookup.
 *
 * @param maxKnown the numbers of a table after which its cache is cleared
 */
export function createReferenceCheck(maxKnown = defaultMaxKnown): ReferenceCheck {
  const organizations = createKnownIds([sql('verify_organizations', 'select corp_id from organizations')]);
  const targets = new Map([...new Set(Object.values(references))].map((name) => [name, createKnown(name, maxKnown)]));
  targets.set('departments', createKnown('departments', maxKnown));
  return function* findLost(table, columns, rows) {
    if (loose.includes(table)) return [];
    for (const known of targets.values()) known.trim();
    const problems = yield* findStrangers(table, rows, organizations);
    for (const [at, column] of columns.entries()) {
      const target = column === 'department_id' ? 'departments' : references[column];
      const known = target === undefined ? undefined : targets.get(target);
      if (target === undefined || !known) continue;
      const used = rows.filter((row) => refers(table, column, row[at]));
      yield* loadAll(known, used, at);
      const lost = used.filter((row) => !known.has(row[0], row[at]));
      problems.push(...lost.map((row) => describe(table, row, `${column} refers to nothing`)));
    }
    const apps = targets.get('apps');
    if (table === 'messages' && apps) problems.push(...(yield* findLostApps(columns, rows, apps)));
    const users = targets.get('users');
    if (table === 'messages' && users) problems.push(...(yield* findLostRecipients(columns, rows, users)));
    return problems;
  };
}

function describe(table: string, row: Row, wrong: string): Problem {
  return { check: 'references', table, row, wrong };
}

/** Whether a value of a column has to be the number of a row. */
function refers(table: string, column: string, value: unknown): boolean {
  if (value === null || (column === 'department_id' && value === rootDepartment)) return false;
  if (value === 0 && optional[table]?.includes(column)) return false;
  return !(table === 'messages' && column === 'robot_id' && appOfSender(Number(value)) !== undefined);
}

function* findStrangers(table: string, rows: readonly Row[], organizations: Known): Work<Problem[]> {
  const own = rows.filter(([corpId]) => corpId !== 0);
  yield* loadAll(organizations, own, 0);
  const lost = own.filter(([corpId]) => !organizations.has(corpId, corpId));
  return lost.map((row) => describe(table, row, 'corp_id refers to no organization'));
}

/** Finds the messages of apps that do not exist: such a message has the number of its app in `robot_id`. */
function* findLostApps(columns: readonly string[], rows: readonly Row[], apps: Known): Work<Problem[]> {
  const at = columns.indexOf('robot_id');
  const sent = rows.flatMap((row) => {
    const appId = appOfSender(Number(row[at]));
    return appId === undefined ? [] : [{ row, appId }];
  });
  yield* apps.load(
    0,
    sent.map(({ appId }) => appId),
  );
  const lost = sent.filter(({ appId }) => !apps.has(0, appId));
  return lost.map(({ row }) => describe('messages', row, 'robot_id refers to nothing'));
}

function* findLostRecipients(columns: readonly string[], rows: readonly Row[], users: Known): Work<Problem[]> {
  const at = columns.indexOf('recipients');
  const lost: Row[] = [];
  for (const [corpId, own] of Map.groupBy(rows, (row) => row[0])) {
    const sends = own.map((row) => ({ row, userIds: parseRecipients(String(row[at])) }));
    const userIds = new Set(sends.flatMap(({ userIds }) => userIds));
    yield* users.load(
      corpId,
      [...userIds].filter((id) => !users.has(corpId, id)),
    );
    lost.push(...sends.filter(({ userIds }) => !userIds.every((id) => users.has(corpId, id))).map(({ row }) => row));
  }
  return lost.map((row) => describe('messages', row, 'recipients refers to nothing'));
}

function* loadAll(known: Known, rows: readonly Row[], at: number): Work<void> {
  for (const [corpId, own] of Map.groupBy(rows, (row) => row[0])) {
    const missing = new Set(own.map((row) => row[at]).filter((id) => !known.has(corpId, id)));
    if (missing.size > 0) yield* known.load(corpId, [...missing]);
  }
}

function createKnown(table: string, maxKnown: number): Known {
  if (inOrganization.includes(table) || table === 'departments') return createKnownOfOrganizations(table, maxKnown);
  const other = sameNumbers[table];
  const names = other === undefined ? [table] : [table, other];
  return createKnownIds(names.map((name) => sql(`verify_ids_${name}`, `select id from ${name}`)));
}

/** Numbers that are unique in the installation, of small tables: all of them are read if one is missing. */
function createKnownIds(statements: readonly Statement[]): Known {
  const known = new Set<unknown>();
  return {
    *load(_, ids) {
      if (ids.every((id) => known.has(id))) return;
      for (const statement of statements) for (const [id] of yield* queryRows(statement)) known.add(id);
    },
    trim() {},
    has: (_, id) => known.has(id),
  };
}

/** Numbers that belong to an organization, of tables that may be large. */
function createKnownOfOrganizations(table: string, maxKnown: number): Known {
  const known = new Set<string>();
  const select = sqlList(
    `verify_ids_${table}`,
    (count) => `select id from ${table} where corp_id = $1 and id in (${placeholders(2, count)})`,
  );
  return {
    *load(corpId, ids) {
      for (let at = 0; at < ids.length; at += maxNumbers) {
        const keys = padKeys(ids.slice(at, at + maxNumbers)) as number[];
        for (const [id] of yield* queryRows(select(keys.length), Number(corpId), ...keys)) known.add(`${corpId} ${id}`);
      }
    },
    trim() {
      if (known.size > maxKnown) known.clear();
    },
    has: (corpId, id) => known.has(`${corpId} ${id}`),
  };
}
