/** The unionIds of users: random identifiers, unique within an organization, that a user keeps for good. */
import { randomBytes } from 'node:crypto';
import { type Driver, queryRows, sql, sqlList, type Value, type Work } from './engine/sql.ts';
import { dropSetting, putSetting, readSetting } from './settings.ts';

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

/** Users that get a unionId in one transaction. */
const stride = 2000;
/** Users in one statement, far below the parameter limits of both engines. */
const inStatement = 500;

const selectNext = sql<[corpId: number, id: number]>(
  'select_without_union_id',
  `select corp_id, id from users where (corp_id, id) > ($1, $2) order by corp_id, id limit ${stride}`,
);

const setUnionIds = sqlList(
  'set_union_ids',
  (count) => `update users set union_id = given.column3
   from (values ${Array.from({ length: count }, (_, i) => renderTuple(3 * i)).join(', ')}) as given
   where users.corp_id = given.column1 and users.id = given.column2 and users.union_id is null`,
);

function renderTuple(before: number): string {
  return `(cast($${before + 1} as bigint), cast($${before + 2} as bigint), $${before + 3})`;
}

/** Gives a unionId to users from before there were any, in short transactions. An interrupted run is resumed. */
export async function fillUnionIds(driver: Driver): Promise<void> {
  while (await driver.write(fillStep));
}

/** Returns whether there may be more users. */
function* fillStep(): Work<boolean> {
  const progress = yield* readSetting(setting);
  if (progress === undefined) return false;
  const [corpId = 0, after = 0] = progress.split(' ').map(Number);
  const users = yield* queryRows(selectNext, corpId, after);
  for (let at = 0; at < users.length; at += inStatement) {
    const some = users.slice(at, at + inStatement);
    const values: readonly Value[] = some.flatMap(([corp, id]) => [corp, id, createUnionId()]);
    yield* queryRows(setUnionIds(some.length), ...values);
  }
  const last = users.at(-1);
  if (last) yield* putSetting(setting, last.join(' '));
  else yield* dropSetting(setting);
  return last !== undefined;
}
