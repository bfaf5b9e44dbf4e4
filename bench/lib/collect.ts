import type { Query, Work } from '../../src/store/engine/sql.ts';

/** Runs a verb's body; returns those of its queries that change something, and its result. */
export function* collectWrites<T>(body: Work<T>): Work<{ readonly queries: readonly Query[]; readonly result: T }> {
  const queries: Query[] = [];
  let step = body.next();
  while (!step.done) {
    if (!step.value.statement.text.startsWith('select')) queries.push(step.value);
    step = body.next(yield step.value);
  }
  return { queries, result: step.value };
}

/** Runs collected queries again. */
export function* replay(queries: readonly Query[]): Work<void> {
  for (const query of queries) yield query;
}
