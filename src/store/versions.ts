import { queryRows, sqlVersion, type Work } from './engine/sql.ts';

/**
 * The version of the directory, as a column for other statements. Processes cache the directory, and the version in the
 * result of any query shows whether the cache is still valid, without a query of its own.
 */
export const directoryVersionColumn = `coalesce((select version from versions where corp_id = 0 and name = 'directory'), 0)`;

/** The version of an organization's people, as a column for statements whose first parameter is the organization. */
export const peopleVersionColumn = `coalesce((select version from versions where corp_id = $1 and name = 'people'), 0)`;

const raise = sqlVersion(
  'raise_version',
  `insert into versions (corp_id, name, version) values ($1, $2, 1)
   on conflict (corp_id, name) do update set version = versions.version + 1`,
);

/** Raises the version of an organization's people. Called in the transaction that changes them. */
export function* raisePeopleVersion(corpId: number): Work<void> {
  yield* queryRows(raise, corpId, 'people');
}
