/** The unionIds of users: random identifiers, unique within an organization, that a user keeps for good. */
import { randomBytes } from 'node:crypto';
import { type Driver, pipeline, queryRows, sql, type Work } from '../engine/sql.ts';
import { dropSetting, putSetting, readSetting } from '../settings.ts';

/** Bytes of randomness in a unionId. */
export const unionIdBytes = 16;

/** Renders random bytes as a unionId: 26 letters and digits. */
export function renderUnionId(random: Uint8Array): string {
  const value = random.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return value.toString(32).padStart(26, '0');
}

/** Creates an unpredictable unionId. */
export function createUnionId(): string {
  return renderUnionId(randomBytes(unionIdBytes));
}

/** The setting that exists until all users from before unionIds have one: the last user that was given one. */
const setting = 'unionIds';

/**
 * Number of users that get a unionId in one transaction. The index is in random order, so short transactions write it
 * again.
 */
const stride = 20_000;
const selectNext = sql<[corpId: number, id: number]>(
  'select_without_union_id',
  `select corp_id, id from users where (corp_id, id) > ($1, $2) order by corp_id, id limit ${stride}`,
);

const setUnionId = sql(
  'set_union_id',
  `update users set union_id = $3 where corp_id = $1 and id = $2 and union_id is null`,
);

/** Whether there may be users from before unionIds who have none until a server starts on the database. */
export function* areUnionIdsMissing(): Work<boolean> {
  return (yield* readSetting(setting)) !== undefined;
}

/** Gives a unionId to users from before there were any, in steps. An interrupted run is resumed. */
export async function fillUnionIds(driver: Driver): Promise<void> {
  if (!(await driver.read(areUnionIdsMissing))) return;
  while (await driver.write(fillStep));
}

/** Returns whether there may be more users. */
function* fillStep(): Work<boolean> {
  const progress = yield* readSetting(setting);
  if (progress === undefined) return false;
  const [corpId = 0, after = 0] = progress.split(' ').map(Number);
  const users = yield* queryRows(selectNext, corpId, after);
  const random = randomBytes(users.length * unionIdBytes);
  for (const [i, [corp, id]] of users.entries()) {
    const unionId = renderUnionId(random.subarray(i * unionIdBytes, (i + 1) * unionIdBytes));
    yield* pipeline(setUnionId, corp, id, unionId);
  }
  const last = users.at(-1);
  if (last) yield* putSetting(setting, last.join(' '));
  else yield* dropSetting(setting);
  return last !== undefined;
}
