import postgres from 'postgres';
import { StoreError } from './sql.ts';
import { describeFailure, statementOf, toStatementError } from './statement-errors.ts';

/** Classes of SQL states that are about the server and not about a statement: it is away, full, shutting down, overtaxed, closed to us. */
const serverClasses = ['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'XX'];

/** The SQL state of a key that something else has. */
const uniqueViolation = '23505';

/**
 * What a failure of the client is for the store: `unavailable` when the database is not there for us, `taken` when something has a key already,
 * a `StatementError` when a statement is wrong.
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
