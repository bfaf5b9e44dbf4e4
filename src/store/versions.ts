import { queryRows, sql, type Work } from './engine/sql.ts';

/**
 * How often something has changed that processes keep in memory, as columns of a statement that reads something else: so it is known
 * without a question of its own whether what is kept still holds.
 */
export const directoryVersionColumn = `coalesce((select version from versions where corp_id = 0 and name = 'directory'), 0)`;

/** The same of the people of the organization that is the first parameter. */
export const peopleVersionColumn = `coalesce((select version from versions where corp_id = $1 and name = 'people'), 0)`;

const raise = sql(
  'raise_version',
  `insert into versions (corp_id, name, version) values ($1, $2, 1)
   on conflict (corp_id, name) do update set version = versions.version + 1`,
);

/** Says, in the transaction of a change, that an organization's people have changed. */
export function* peopleChanged(corpId: number): Work<void> {
  yield* queryRows(raise, corpId, 'people');
}
