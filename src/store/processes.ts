import { raiseDirectoryVersion, readDirectoryVersion } from './directory/directory.ts';
import { type Driver, placeholders, queryRow, queryRows, sql, sqlList, type Work } from './engine/sql.ts';
import { type PendingRow, pendingColumns, toPending } from './messages/messages.ts';
import type { Pending } from './model.ts';

const insertProcess = sql('insert_process', `insert into processes (corp_id, id, beats) values (0, $1, 0)`);
const raiseBeats = sql<[beats: number]>(
  'raise_beats',
  `update processes set beats = beats + 1 where corp_id = 0 and id = $1 returning beats`,
);
const selectBeats = sql<[id: number, beats: number]>(
  'select_beats',
  `select id, beats from processes where corp_id = 0`,
);
const deleteProcess = sql(
  'delete_process',
  `delete from processes where corp_id = 0 and id = $1 and ($2 < 0 or beats = $2)`,
);

/**
 * The result of a heartbeat: whether this process is still in the list, and the heartbeat counts of all processes by
 * number.
 */
export type Beats = { readonly counted: boolean; readonly of: ReadonlyMap<number, number> };

function* beat(id: number): Work<Beats> {
  const counted = (yield* queryRow(raiseBeats, id)) !== undefined;
  return { counted, of: new Map(yield* queryRows(selectBeats)) };
}

// After waiting for another transaction, PostgreSQL evaluates the conditions on the changed row again, but not the
// subquery: the owner that it has found must still be the owner, or the message was claimed meanwhile.
const claimOrphans = sql<PendingRow>(
  'claim_orphans',
  `update messages set owner = $1
   from (
     select m.corp_id as orphan_corp, m.id as orphan_id, m.owner as lost_owner from messages m
     where m.state < 2 and m.owner <> $1 and not exists (select 1 from processes p where p.corp_id = 0 and p.id = m.owner)
     order by m.corp_id, m.id limit $2) orphan
   where corp_id = orphan_corp and id = orphan_id and owner = lost_owner and state < 2
   returning ${pendingColumns}`,
);

function* claim(owner: number, limit: number): Work<readonly Pending[]> {
  return (yield* queryRows(claimOrphans, owner, limit)).map(toPending);
}

const putSetting = sql(
  'put_setting',
  `insert into settings (corp_id, name, value) values (0, $1, $2)
   on conflict (corp_id, name) do update set value = excluded.value`,
);

/**
 * Stores a setting that other processes must see before their next response. It raises the version of the directory,
 * which they check.
 */
export function* shareSetting(name: string, value: string): Work<void> {
  yield* queryRows(putSetting, name, value);
  yield* raiseDirectoryVersion();
}

const selectStreamEnds = sqlList<[userId: number, last: number]>(
  'select_stream_ends',
  (count) => `select user_id, last from streams where corp_id = $1 and user_id in (${placeholders(2, count)})`,
);

/** Creates the verbs that several processes on one database need. */
export function createProcessVerbs(driver: Driver) {
  let own: number | undefined;
  return {
    /**
     * Adds this process to the list with a number. From now on it owns the messages that it accepts, and delivers them.
     */
    async join(id: number): Promise<void> {
      await driver.write(() => queryRows(insertProcess, id));
      own = id;
    },
    /** Returns the number of this process; undefined if it has not joined, because it is the only one. */
    own: () => own,
    beat: (id: number) => driver.write(() => beat(id)),
    /** Removes a process from the list: always, or only if its heartbeat count is still `beats`. */
    strike: (id: number, beats = -1) => driver.write(() => queryRows(deleteProcess, id, beats)),
    /**
     * Takes over undelivered messages of processes that are no longer in the list. Only one process gets each message.
     */
    claim: (owner: number, limit: number) => driver.write(() => claim(owner, limit)),
    directoryVersion: () => driver.read(readDirectoryVersion),
    /** Reads the last offsets of users' streams. */
    streamEnds: (corpId: number, userIds: readonly number[]) =>
      driver.read(() => queryRows(selectStreamEnds(userIds.length), corpId, ...userIds)),
  };
}

export type ProcessVerbs = ReturnType<typeof createProcessVerbs>;
