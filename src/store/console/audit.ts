import { queryRows, sql, type Work } from '../engine/sql.ts';
import { reserveNumbers } from '../events.ts';
import type { AuditEntry } from '../model.ts';

export type { AuditEntry } from '../model.ts';

const insertAudit = sql(
  'insert_audit',
  `insert into audit (corp_id, id, at, actor, action, target, was, became) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const selectAudit = sql<
  [
    id: number,
    corpId: number,
    at: number,
    actor: string,
    action: string,
    target: string,
    was: string | null,
    became: string | null,
  ]
>(
  'select_audit',
  `select id, corp_id, at, actor, action, target, was, became from audit where id < $1 order by id desc limit $2`,
);

/** Writes an entry, in the transaction of the change. */
export function* audit(entry: AuditEntry): Work<void> {
  const id = yield* reserveNumbers(0, 'audit');
  const { corpId, at, actor, action, target, was, became } = entry;
  yield* queryRows(insertAudit, corpId, id, at, actor, action, target, text(was), text(became));
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
export function* auditBefore(before: number, limit: number): Work<readonly (AuditEntry & { readonly id: number })[]> {
  const rows = yield* queryRows(selectAudit, before, limit);
  return rows.map(([id, corpId, at, actor, action, target, was, became]) => {
    return { id, corpId, at, actor, action, target, was: object(was), became: object(became) };
  });
}
