import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, queryValue, type Row, sql, sqlList, type Work } from '../engine/sql.ts';
import { reserveNumbers } from '../events.ts';
import type { AuditEntry } from '../model.ts';

export type { Actor, AuditEntry } from '../model.ts';

/** An entry as it is stored. `actor` is that of the session; `operator` is null if it was no operator. */
export type StoredEntry = Omit<AuditEntry, 'actor'> & {
  readonly id: number;
  readonly actor: string;
  readonly operator: { readonly code: string; readonly name: string; readonly role: string | null } | null;
};

/** Which entries a list has: those of some organizations (0 is the installation), and of one operator. */
export type AuditFilter = { readonly corpIds?: readonly number[]; readonly operatorCode?: string };

const insertAudit = sql(
  'insert_audit',
  `insert into audit (corp_id, id, at, actor, action, target, was, became, operator_code, operator_name, role)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
type AuditRow = [
  id: number,
  corpId: number,
  at: number,
  actor: string,
  action: string,
  target: string,
  was: string | null,
  became: string | null,
  code: string | null,
  name: string | null,
  role: string | null,
];

/** Creates the statements of a list: for all entries, for some organizations, for one operator, and for both. */
function createFiltered<R extends Row>(name: string, first: number, text: (condition: string) => string) {
  const inside = (count: number) => (count === 0 ? '' : ` and corp_id in (${placeholders(first, count)})`);
  const ofAll = sqlList<R>(name, (count) => text(inside(count)));
  const ofOperator = sqlList<R>(`${name}_of_operator`, (count) =>
    text(`${inside(count)} and operator_code = $${first + count}`),
  );
  return ({ corpIds, operatorCode }: AuditFilter) => {
    const own = corpIds === undefined ? [] : padKeys(corpIds);
    return operatorCode === undefined
      ? { statement: ofAll(own.length), params: own }
      : { statement: ofOperator(own.length), params: [...own, operatorCode] };
  };
}

const selectAudit = createFiltered<AuditRow>(
  'select_audit',
  3,
  (condition) =>
    `select id, corp_id, at, actor, action, target, was, became, operator_code, operator_name, role from audit
     where id < $1${condition} order by id desc limit $2`,
);
// The order makes PostgreSQL read an index up to the limit instead of the whole table.
const totalAudit = createFiltered<[count: number]>('total_audit', 2, (condition) => {
  const order = condition === '' ? ' order by id' : '';
  return `select count(*) from (select 1 as one from audit where id > 0${condition}${order} limit $1) counted`;
});

/** Writes an entry, in the transaction of the change. */
export function* audit(entry: AuditEntry): Work<void> {
  const id = yield* reserveNumbers(0, 'audit');
  const { corpId, at, actor, action, target, was, became } = entry;
  const [session, who] = typeof actor === 'string' ? [actor, undefined] : [actor.session, actor];
  const shown = [who?.code ?? null, who?.name ?? null, who?.roleIn(corpId) ?? null];
  yield* queryRows(insertAudit, corpId, id, at, session, action, target, text(was), text(became), ...shown);
}

const selectOldest = sql<[id: number, at: number]>(
  'select_oldest_audit',
  `select id, at from audit order by id limit $1`,
);
const deleteUpTo = sql('delete_audit', `delete from audit where id <= $1`);

/** Deletes up to `limit` entries from before a time, oldest first. Returns their number. */
export function* pruneAudit(before: number, limit: number): Work<number> {
  const rows = yield* queryRows(selectOldest, limit);
  const young = rows.findIndex(([, at]) => at >= before);
  const old = young === -1 ? rows : rows.slice(0, young);
  const [lastId] = old.at(-1) ?? [];
  if (lastId !== undefined) yield* queryRows(deleteUpTo, lastId);
  return old.length;
}

const text = (value: object | null) => value && JSON.stringify(value);
const object = (value: string | null) => (value === null ? null : (JSON.parse(value) as object));

/** Returns up to `limit` entries with ids below `before`, newest first. */
export function* auditBefore(before: number, limit: number, filter: AuditFilter = {}): Work<readonly StoredEntry[]> {
  if (filter.corpIds?.length === 0) return [];
  const { statement, params } = selectAudit(filter);
  return (yield* queryRows(statement, before, limit, ...params)).map((row) => {
    const [id, corpId, at, actor, action, target, was, became, code, name, role] = row;
    const operator = code === null ? null : { code, name: name ?? '', role };
    return { id, corpId, at, actor, action, target, was: object(was), became: object(became), operator };
  });
}

/** Counts the entries of a filter, up to `limit`. */
export function* countAudit(filter: AuditFilter, limit: number): Work<number> {
  if (filter.corpIds?.length === 0) return 0;
  const { statement, params } = totalAudit(filter);
  return (yield* queryValue(statement, limit, ...params)) ?? 0;
}
