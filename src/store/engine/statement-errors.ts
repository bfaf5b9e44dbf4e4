import { type Statement, StoreError } from './sql.ts';

/** A statement that failed although the database is available: it is wrong, or it violates a constraint. */
export class StatementError extends Error {
  /** The name with which the statement was declared. */
  readonly statement: string;
  constructor(statement: string, cause: Error) {
    super(describeFailure(cause, statement), { cause });
    this.name = 'StatementError';
    this.statement = statement;
  }
}

/**
 * The statement name of each error. Kept outside the error objects, so that the drivers can inspect and rethrow them
 * unchanged.
 */
const statements = new WeakMap<object, string>();

/** Records which statement caused an error of the database client, and returns the error. */
export function recordStatement(error: unknown, { name }: Statement): unknown {
  if (error instanceof Error) statements.set(error, name);
  return error;
}

/** Returns the name of the statement that caused an error of the database client, if there is one. */
export const statementOf = (error: Error): string | undefined => statements.get(error);

/** Renders the message of an error, followed by the name of its statement. `fallback` replaces an empty message. */
export function describeFailure(error: Error, statement = statementOf(error), fallback = ''): string {
  const message = error.message || fallback;
  return statement === undefined ? message : `${message} (statement ${statement})`;
}

/**
 * Converts an error of the database client to a `StatementError`, or returns it unchanged if no statement caused it.
 */
export function toStatementError(error: Error): Error {
  const statement = statementOf(error);
  return statement === undefined ? error : new StatementError(statement, error);
}

/**
 * Creates the error of a migration step that does not fit the tables of a database: they are not those of the version
 * that the database names.
 *
 * @param version the version to which the step migrates
 */
export function createMismatch(version: number, error: Error): StoreError {
  const why = `its tables are not those of version ${version - 1}, which it names`;
  return new StoreError(
    'unavailable',
    `the schema cannot be migrated to version ${version}: ${error.message} (${why})`,
    {
      cause: error,
      advice: 'Restore a backup.',
    },
  );
}
