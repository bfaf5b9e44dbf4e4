import postgres from 'postgres';
import { StoreError } from '../sql.ts';
import { describeFailure, statementOf, toStatementError } from '../statement-errors.ts';

/**
 * Classes of SQLSTATE codes that concern the server rather than a statement: unreachable, full, shutting down,
 * overloaded, access denied.
 */
const serverClasses = ['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'XX'];

/** SQLSTATE code of a unique violation. */
const uniqueViolation = '23505';

/**
 * Converts an error of postgres.js: to a StoreError `unavailable` if the database cannot be used or `taken` if a key
 * exists already, or to a `StatementError` if the statement is wrong.
 *
 * @param where the server and database, for the message
 */
export function toStoreError(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = String(Reflect.get(error, 'code') ?? '');
  if (code === uniqueViolation) return new StoreError('taken', describeFailure(error), { cause: error });
  const isAway =
    error instanceof postgres.PostgresError
      ? serverClasses.includes(code.slice(0, 2))
      : /^(CONN|E[A-Z]|SASL|57014)/.test(code);
  if (!isAway) return toStatementError(error);
  return new StoreError(
    'unavailable',
    `the database ${where} cannot be used: ${describeFailure(error, statementOf(error), code)}`,
    {
      cause: error,
    },
  );
}
