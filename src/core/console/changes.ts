import type { Change } from '../../store/directory/directory-changes.ts';
import { StoreError } from '../../store/engine/sql.ts';
import { asciiLower } from '../../store/people/users.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import type { Operator } from './operators.ts';
import { totalOf } from './totals.ts';

/** The audit entry of a change, with the state before and after it. `corpId` is the organization concerned, or 0. */
export type AuditedChange = {
  readonly corpId: number;
  readonly action: string;
  readonly target: string;
  readonly was: object | null;
  readonly became: object | null;
};

const running = new WeakMap<Context['store'], Promise<unknown>>();

/** Writes changes and their audit entry in one transaction. */
export type WriteChanges = (changes: readonly Change[], entry: AuditedChange) => Promise<void>;

/**
 * Runs a read-modify-write of the directory. In one process these run one at a time. If another process has changed the
 * directory since the read, `work` runs again with the new one. Throws `huizhi.conflict` if another process has created
 * the same thing first.
 */
export function updateDirectory<T>(
  context: Context,
  operator: Operator,
  work: (write: WriteChanges) => Promise<T>,
): Promise<T> {
  const attempt = async (): Promise<T> => {
    const seen = context.directory.now.version;
    try {
      return await work(async (changes, entry) => {
        // An unchanged value gets no audit entry.
        const isSame = entry.was !== null && JSON.stringify(entry.was) === JSON.stringify(entry.became);
        if (!isSame) await makeChanges(context, operator, changes, entry, seen);
      });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.reason === 'taken') throw huizhiError('huizhi.conflict', 'somebody else has already created it');
      if (error.reason !== 'stale') throw error;
    }
    await context.directory.refresh();
    return attempt();
  };
  const turn = (running.get(context.store) ?? Promise.resolve()).then(attempt, attempt);
  running.set(
    context.store,
    turn.catch(() => {}),
  );
  return turn;
}

/**
 * Writes changes and their audit entry. When it resolves, the changes are in effect in this process. If `seen` is given
 * and is no longer the version of the directory, nothing is written and a StoreError with the reason `stale` is thrown.
 */
export async function makeChanges(
  context: Context,
  operator: Operator,
  changes: readonly Change[],
  entry: AuditedChange,
  seen?: number,
): Promise<void> {
  await context.store.operator.change(changes, { ...entry, at: context.clock.now(), actor: operator.actor }, seen);
  await context.directory.refresh();
}

/** Returns a page of the audit log, newest first: of the organizations in the scope, and of one operator if given. */
export async function listAudit(
  context: Context,
  operatorCode: string | undefined,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  const corpIds = context.scope?.corpIds;
  const filter = { ...(corpIds && { corpIds }), ...(operatorCode !== undefined && { operatorCode }) };
  const rows = await context.store.operator.auditBefore(parseNumberCursor(cursor), limit + 1, filter);
  const entries = rows.slice(0, limit).map(({ id, at, actor, operator, action, target, corpId, was, became }) => {
    const organization = context.directory.now.organizationOf(corpId)?.code ?? null;
    const who = operator && { operatorId: operator.code, name: operator.name, role: operator.role };
    const what = { action, target, corpId: organization, before: toRecord(was), after: toRecord(became) };
    return { id, at, actor, operator: who, ...what };
  });
  const last = entries.at(-1);
  const first = cursor === undefined && { total: totalOf(await context.store.operator.totalOfAudit(filter)) };
  return { ...first, entries, cursor: last && rows.length > limit ? formatCursor(last.id) : null };
}

const toRecord = (value: object | null) => value as Record<string, unknown> | null;

/**
 * Whether one of the texts contains the search text, ignoring ASCII case, which is how the store searches for users.
 */
export function containsText(text: string, among: readonly string[]): boolean {
  const wanted = asciiLower(text);
  return among.some((each) => asciiLower(each).includes(wanted));
}

/** Returns a page of a list in memory, sorted by code. The cursor is the code of the last item of the previous page. */
export function pageOf<T>(
  all: readonly T[],
  codeOf: (item: T) => string,
  { limit, cursor }: { limit: number; cursor?: string },
): { readonly items: readonly T[]; readonly cursor: string | null } {
  const sorted = all.toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1));
  const rest = cursor === undefined ? sorted : sorted.filter((item) => codeOf(item) > cursor);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, cursor: last && rest.length > limit ? codeOf(last) : null };
}
