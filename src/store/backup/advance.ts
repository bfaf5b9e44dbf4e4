import { type Driver, queryRow, queryRows, sql, sqlVersion, type Work } from '../engine/sql.ts';
import type { Numbered } from '../numbers.ts';

/**
 * How far numbers move ahead, by counter of the installation: more than any installation uses between a backup and its
 * restore, and little enough for many restores. Apps, robots, operators and processes have few numbers.
 */
const distances: Readonly<Record<Numbered | 'audit' | 'dings', number>> = {
  message: 2 ** 26,
  user: 2 ** 20,
  organization: 2 ** 10,
  app: 2 ** 10,
  robot: 2 ** 10,
  conversation: 2 ** 20,
  grant: 2 ** 24,
  session: 2 ** 24,
  ticket: 2 ** 20,
  media: 2 ** 20,
  chat: 2 ** 20,
  audit: 2 ** 20,
  subscription: 2 ** 10,
  card: 2 ** 20,
  operator: 2 ** 10,
  process: 2 ** 10,
  stream: 2 ** 24,
  push: 2 ** 24,
  dings: 2 ** 20,
};

/** How far the streams of users and the events of organizations move ahead. */
const streamDistance = 2 ** 27;

/** How far the versions of what processes cache move ahead. */
const versionDistance = 2 ** 20;

/** Users whose streams one transaction moves: PostgreSQL ends statements that take many seconds. */
const step = 10_000;

type UserKey = readonly [corpId: number, userId: number];
type Range = readonly [corpId: number, after: number, last: number];

const advanceCounter = sql('advance_counter', `update counters set next = next + $2 where name = $1`);
// Without `not exists`: Citus does not support that for the rows of a table that is on every node.
const addEvents = sql(
  'add_event_counters',
  `insert into counters (corp_id, name, next) select corp_id, 'events', 1 from organizations where corp_id > 0
   on conflict (corp_id, name) do nothing`,
);
const addVersions = sql(
  'add_versions',
  `insert into versions (corp_id, name, version)
     select corp_id, 'people', 0 from organizations union all select 0, 'directory', 0 where true on conflict do nothing`,
);
const advanceVersions = sqlVersion('advance_versions', `update versions set version = version + $1`);
const selectUsers = selectKeys('select_users_to_add_streams', 'users', 'id');
const selectStreams = selectKeys('select_streams_to_advance', 'streams', 'user_id');
const addStreams = sql(
  'add_streams',
  `insert into streams (corp_id, user_id, last) select corp_id, id, 0 from users u
   where corp_id = $1 and id > $2 and id <= $3 and not exists (
     select 1 from streams s where s.corp_id = u.corp_id and s.user_id = u.id) on conflict do nothing`,
);
const advanceStreams = sql(
  'advance_all_streams',
  `update streams set last = last + $4 where corp_id = $1 and user_id > $2 and user_id <= $3`,
);

/** Declares a statement that returns the first key of the next organization, and the last key of the next step. */
function selectKeys(name: string, table: string, user: string) {
  return {
    next: sql<[corpId: number, userId: number]>(
      `${name}_next`,
      `select corp_id, ${user} from ${table} where (corp_id, ${user}) > ($1, $2) order by corp_id, ${user} limit 1`,
    ),
    last: sql<[userId: number]>(
      `${name}_last`,
      `select max(${user}) from (
         select ${user} from ${table} where corp_id = $1 and ${user} > $2 order by ${user} limit ${step}) page`,
    ),
  };
}

/**
 * Moves the numbers of a restored database ahead, beyond those that were used after the backup. Clients may have these:
 * one that follows a stream from such a number would miss new entries with lower numbers, and a token would become that
 * of another app. If it is interrupted and called again, some numbers move twice, which does no harm.
 *
 * @param finish runs in the last transaction
 */
export async function advanceNumbers(driver: Driver, finish: () => Work<void>): Promise<void> {
  await inSteps(driver, selectUsers, (range) => queryRows(addStreams, ...range));
  await inSteps(driver, selectStreams, (range) => queryRows(advanceStreams, ...range, streamDistance));
  await driver.write(function* () {
    yield* queryRows(addEvents);
    for (const [name, distance] of Object.entries({ ...distances, events: streamDistance }))
      yield* queryRows(advanceCounter, name, distance);
    // A process that runs on may know versions that are used again.
    yield* queryRows(addVersions);
    yield* queryRows(advanceVersions, versionDistance);
    yield* finish();
  });
}

/** Runs work for ranges of users, each of one organization, in a transaction of its own. */
async function inSteps(
  driver: Driver,
  keys: ReturnType<typeof selectKeys>,
  work: (range: Range) => Work<unknown>,
): Promise<void> {
  let after: UserKey | undefined = [-1, -1];
  while (after) {
    const before: UserKey = after;
    after = await driver.write(function* () {
      const [corpId, first] = (yield* queryRow(keys.next, ...before)) ?? [];
      if (corpId === undefined || first === undefined) return undefined;
      const [last = first] = (yield* queryRow(keys.last, corpId, first - 1)) ?? [];
      yield* work([corpId, first - 1, last]);
      return [corpId, last] as const;
    });
  }
}
