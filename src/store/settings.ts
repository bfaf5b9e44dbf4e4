import { queryRows, queryValue, sql, type Work } from './engine/sql.ts';

const selectSetting = sql<[value: string]>(
  'select_setting',
  `select value from settings where corp_id = 0 and name = $1`,
);
const insertSetting = sql(
  'insert_setting',
  `insert into settings (corp_id, name, value) values (0, $1, $2) on conflict do nothing`,
);
const touchSetting = sql(
  'touch_setting',
  `insert into settings (corp_id, name, value) values (0, 'touched', $1)
   on conflict (corp_id, name) do update set value = excluded.value`,
);

/**
 * The setting of a SQLite database that was moved from PostgreSQL: its message numbers contain the day although its
 * tables are not partitioned.
 */
export const daily = 'daily';

/** Reads a setting of the installation; undefined if it is not set. */
export function* readSetting(name: string): Work<string | undefined> {
  return yield* queryValue(selectSetting, name);
}

/**
 * Stores a setting unless it is set, and returns the stored value. So two processes that start at the same time get the
 * same value.
 */
export function* ensureSetting(name: string, value: string): Work<string> {
  yield* queryRows(insertSetting, name, value);
  return (yield* readSetting(name)) ?? value;
}

const putSettingText = sql(
  'put_installation_setting',
  `insert into settings (corp_id, name, value) values (0, $1, $2)
   on conflict (corp_id, name) do update set value = excluded.value`,
);
const deleteSetting = sql('delete_setting', `delete from settings where corp_id = 0 and name = $1`);

/** Stores a setting of the installation. */
export function* putSetting(name: string, value: string): Work<void> {
  yield* queryRows(putSettingText, name, value);
}

/** Removes a setting of the installation. */
export function* dropSetting(name: string): Work<void> {
  yield* queryRows(deleteSetting, name);
}

/** Writes the time to a setting, as a test whether the database can be written. */
export function* probeWrite(now: number): Work<void> {
  yield* queryRows(touchSetting, String(now));
}
