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

/** Stands where numbers tell the day though the engine does not keep tables by day: what is there was moved from one that does. */
export const daily = 'daily';

/** The value of a setting of the installation. */
export function* setting(name: string): Work<string | undefined> {
  return yield* queryValue(selectSetting, name);
}

/** Keeps a setting unless there is one, and answers the one that stands: two processes that start at once agree. */
export function* firstSetting(name: string, value: string): Work<string> {
  yield* queryRows(insertSetting, name, value);
  return (yield* setting(name)) ?? value;
}

const putSettingText = sql(
  'put_installation_setting',
  `insert into settings (corp_id, name, value) values (0, $1, $2)
   on conflict (corp_id, name) do update set value = excluded.value`,
);
const deleteSetting = sql('delete_setting', `delete from settings where corp_id = 0 and name = $1`);

/** Sets a setting of the installation. */
export function* putSetting(name: string, value: string): Work<void> {
  yield* queryRows(putSettingText, name, value);
}

/** Removes a setting of the installation. */
export function* dropSetting(name: string): Work<void> {
  yield* queryRows(deleteSetting, name);
}

/** Writes a word, to see that writing works. */
export function* touch(now: number): Work<void> {
  yield* queryRows(touchSetting, String(now));
}
