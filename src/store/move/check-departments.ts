import type { Dump } from '../model.ts';
import { columnsOf } from './dump.ts';

type Tables = Dump['tables'];

/** The id of the root department, which has no row. */
const root = 1;

/**
 * Checks the departments of a dump: that each parent exists and leads to the root, that memberships and scopes refer to
 * departments, and that the users with memberships are marked.
 *
 * @returns a description of the first problem, or undefined
 */
export function findDepartmentProblem(tables: Tables): string | undefined {
  const parents = new Map(rowsOf(tables, 'departments', 'id', 'parent_id').map(([key, parent]) => [key, parent]));
  const isKnown = (corpId: unknown, id: unknown) => id === root || parents.has(keyOf(corpId, id));
  return (
    findLoop(tables, parents) ??
    findLost(tables, 'department_members', isKnown) ??
    findLost(tables, 'app_scopes', isKnown) ??
    findUnmarked(tables)
  );
}

function keyOf(corpId: unknown, id: unknown): string {
  return `${corpId} ${id}`;
}

/** Returns a key of organization and one column, and another column, of each row of a table. */
function rowsOf(tables: Tables, table: string, idColumn: string, column: string): readonly [string, unknown][] {
  const columns = columnsOf(table) ?? [];
  const [id, other] = [columns.indexOf(idColumn), columns.indexOf(column)];
  return (tables[table] ?? []).map((row) => [keyOf(row[0], row[id]), row[other]]);
}

function findLoop(tables: Tables, parents: ReadonlyMap<string, unknown>): string | undefined {
  const leading = new Set<string>();
  const leadsToRoot = (corpId: unknown, id: unknown): boolean => {
    const path: string[] = [];
    for (let at = id; at !== root; at = parents.get(keyOf(corpId, at))) {
      const key = keyOf(corpId, at);
      if (leading.has(key)) break;
      if (!parents.has(key) || path.length > parents.size) return false;
      path.push(key);
    }
    for (const key of path) leading.add(key);
    return true;
  };
  const wrong = (tables.departments ?? []).findIndex(([corpId, id]) => id === root || !leadsToRoot(corpId, id));
  return wrong === -1 ? undefined : `departments[${wrong}]: parent_id does not lead to the root department`;
}

function findLost(tables: Tables, table: string, isKnown: (corpId: unknown, id: unknown) => boolean) {
  const at = columnsOf(table)?.indexOf('department_id') ?? 0;
  const wrong = (tables[table] ?? []).findIndex((row) => !isKnown(row[0], row[at]));
  return wrong === -1 ? undefined : `${table}[${wrong}]: department_id refers to nothing`;
}

function findUnmarked(tables: Tables): string | undefined {
  const members = new Set(rowsOf(tables, 'department_members', 'user_id', 'leader').map(([key]) => key));
  const wrong = rowsOf(tables, 'users', 'id', 'placed').findIndex(
    ([key, placed]) => (placed === 1) !== members.has(key),
  );
  return wrong === -1 ? undefined : `users[${wrong}]: placed does not tell whether there are memberships`;
}
