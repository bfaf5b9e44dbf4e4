import type { Statement } from './sql.ts';

/** A statement failed that the database could run: the statement is wrong, or a constraint refused what it would have written. */
export class StatementError extends Error {
  /** The name that the statement was declared with. */
  readonly statement: string;
  constructor(statement: string, cause: Error) {
    super(describeFailure(cause, statement), { cause });
    this.name = 'StatementError';
    this.statement = statement;
  }
}

/** Apart from the errors: the drivers compare the client's own errors, and pass them on as they are. */
const statements = new WeakMap<object, string>();

/** Notes the statement that an error of the client comes from, and returns the error. */
export function noteStatement(error: unknown, { name }: Statement): unknown {
  if (error instanceof Error) statements.set(error, name);
  return error;
}

/** The name of the statement that an error of the client comes from, if it comes from one. */
export const statementOf = (error: Error): string | undefined => statements.get(error);

/** The message of an error of the client, with the name of its statement. */
export function describeFailure(error: Error, statement = statementOf(error), fallback = ''): string {
  const message = error.message || fallback;
  return statement === undefined ? message : `${message} (statement ${statement})`;
}

/** An error of the client that says nothing about the database: with the name of its statement, or itself where it has none. */
export function toStatementError(error: Error): Error {
  const statement = statementOf(error);
  return statement === undefined ? error : new StatementError(statement, error);
}
