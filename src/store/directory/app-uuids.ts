/** The UUIDs of apps, which identify them in frames of Stream mode. */
import { randomUUID } from 'node:crypto';
import { type Driver, queryRows, sql, type Work } from '../engine/sql.ts';

const selectWithout = sql<[corpId: number, id: number]>(
  'select_apps_without_uuid',
  `select corp_id, id from apps where uuid is null order by id`,
);
const setUuid = sql('set_app_uuid', `update apps set uuid = $3 where corp_id = $1 and id = $2 and uuid is null`);

/** Gives a UUID to apps from before there were any. */
export async function fillAppUuids(driver: Driver): Promise<void> {
  if ((await driver.read(() => queryRows(selectWithout))).length > 0) await driver.write(fill);
}

function* fill(): Work<void> {
  for (const [corpId, id] of yield* queryRows(selectWithout)) yield* queryRows(setUuid, corpId, id, randomUUID());
}
