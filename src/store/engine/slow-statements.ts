import type { Statement } from './sql.ts';

/** A statement that took long: its name, how long, and how many rows it returned. */
export type SlowStatement = { readonly statement: string; readonly milliseconds: number; readonly rows: number };

/** How slow statements are reported; both engines take this with their options. */
export type SlowStatementOptions = {
  readonly slowStatements?: {
    /** Milliseconds from which a statement is slow. */
    readonly after: number;
    readonly report: (slow: SlowStatement) => void;
  };
};

/**
 * Compares the time of a statement with the threshold; `started` is a reading of `performance.now()`. Returns the next reading, with which the next
 * statement may begin.
 */
export type Watch = (statement: Statement, started: number, rows: number) => number;

/**
 * Creates the watch of a driver. A statement's time runs until its rows are there. On PostgreSQL it includes the locks that the statement waits
 * for and earlier statements on the same connection; on SQLite the work of the store since the statement before, so that each statement needs
 * one reading of the clock (50 ns).
 */
export function createWatch({ slowStatements }: SlowStatementOptions = {}): Watch {
  if (!slowStatements) return (_, started) => started;
  const { after, report } = slowStatements;
  return ({ name }, started, rows) => {
    const now = performance.now();
    const milliseconds = now - started;
    if (milliseconds >= after) report({ statement: name, milliseconds: Math.round(milliseconds), rows });
    return now;
  };
}
