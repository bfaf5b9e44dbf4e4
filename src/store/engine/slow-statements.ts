import type { Statement } from './sql.ts';

/** A statement whose time was over the threshold, with the number of rows it returned. */
export type SlowStatement = { readonly statement: string; readonly milliseconds: number; readonly rows: number };

/** Which statements are reported as slow. */
export type SlowStatements = {
  /** Milliseconds from which a statement is slow. */
  readonly after: number;
  readonly report: (slow: SlowStatement) => void;
};

/** How slow statements are reported; both engines take this with their options. */
export type SlowStatementOptions = { readonly slowStatements?: SlowStatements };

/** The default: no statement is slow. */
export const noSlowStatements: SlowStatements = { after: Number.POSITIVE_INFINITY, report: () => {} };

/**
 * Reports a statement that took at least `after` milliseconds; the caller compares, since that is all that most
 * statements need. A statement's time runs until its rows are there. On PostgreSQL it includes the locks that the
 * statement waits for and earlier statements on the same connection; on SQLite the work of the store since the
 * statement before, so that each statement needs one reading of the clock (50 ns).
 */
export function reportSlow({ report }: SlowStatements, { name }: Statement, milliseconds: number, rows: number): void {
  report({ statement: name, milliseconds: Math.round(milliseconds), rows });
}
