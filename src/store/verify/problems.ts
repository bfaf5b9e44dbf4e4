/** What a check of a database is about. */
export const checks = [
  'file',
  'schema',
  'rows',
  'references',
  'receipts',
  'sequences',
  'departments',
  'media',
] as const;
export type Check = (typeof checks)[number];

/** One row that breaks an invariant. `row` has the row's key; it is undefined if the problem is not one of a row. */
export type Problem = {
  readonly check: Check;
  readonly table: string;
  readonly row: readonly unknown[] | undefined;
  readonly wrong: string;
};

/** The result of a check, as one sentence. */
export type VerifyFinding = { readonly check: Check; readonly state: 'ok' | 'wrong'; readonly found: string };

/** Collects problems: of the same kind, it stores the first one and the number of all. */
export type ProblemList = {
  add(problems: readonly Problem[]): void;
  /** Returns the findings of a check; if there are no problems, one that says what was checked. */
  list(check: Check, checked: string): readonly VerifyFinding[];
};

export function createProblemList(): ProblemList {
  const found = new Map<string, { readonly first: Problem; count: number }>();
  return {
    add(problems) {
      for (const problem of problems) {
        const kind = `${problem.check} ${problem.table} ${problem.wrong}`;
        const before = found.get(kind);
        if (before) before.count++;
        else found.set(kind, { first: problem, count: 1 });
      }
    },
    list(check, checked) {
      const own = [...found.values()].filter(({ first }) => first.check === check);
      if (own.length === 0) return [{ check, state: 'ok', found: checked }];
      return own.map(({ first, count }) => ({ check, state: 'wrong', found: describeProblem(first, count) }));
    },
  };
}

function describeProblem({ table, row, wrong }: Problem, count: number): string {
  const text = table === '' ? wrong : `${table}: ${wrong}`;
  if (!row) return text;
  return count === 1 ? `${text} (row ${row.join(', ')})` : `${text} (${count} rows, the first is ${row.join(', ')})`;
}
