import { StoreError } from './sql.ts';

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
