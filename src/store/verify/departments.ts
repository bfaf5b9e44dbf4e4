import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, type Row, sqlList, type Work } from '../engine/sql.ts';
import { findDepartmentProblem } from '../move/check-departments.ts';
import { columnsOf } from '../move/dump.ts';
import type { Problem } from './problems.ts';

/** Checks that departments lead to the root, and that users with memberships are marked. */
export type DepartmentCheck = {
  page(table: string, rows: readonly Row[]): Work<Problem[]>;
  /** Checks the tree, after all pages. */
  end(): Problem[];
};

const selectPlaced = sqlList<[userId: number]>(
  'verify_placed',
  (count) =>
    `select distinct user_id from department_members where corp_id = $1 and user_id in (${placeholders(2, count)})`,
);

const placedAt = columnsOf('users')?.indexOf('placed') ?? 0;

export function createDepartmentCheck(): DepartmentCheck {
  const departments: Row[] = [];
  return {
    *page(table, rows) {
      if (table === 'departments') departments.push(...rows);
      return table === 'users' ? yield* findUnmarked(rows) : [];
    },
    end() {
      const wrong = findDepartmentProblem({ departments });
      return wrong === undefined ? [] : [{ check: 'departments', table: '', row: undefined, wrong }];
    },
  };
}

function* findUnmarked(rows: readonly Row[]): Work<Problem[]> {
  const problems: Problem[] = [];
  for (const [corpId, users] of Map.groupBy(rows, ([corpId]) => Number(corpId))) {
    const ids = padKeys(users.map(([, id]) => Number(id)));
    const placed = new Set((yield* queryRows(selectPlaced(ids.length), corpId, ...ids)).map(([id]) => id));
    const wrong = users.filter((row) => (row[placedAt] === 1) !== placed.has(Number(row[1])));
    problems.push(...wrong.map((row) => describe(row)));
  }
  return problems;
}

function describe(row: Row): Problem {
  return { check: 'departments', table: 'users', row, wrong: 'placed does not say whether there are memberships' };
}
