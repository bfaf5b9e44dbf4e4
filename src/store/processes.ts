import { directoryChanged, directoryVersion } from './directory.ts';
import { type Driver, placeholders, queryRow, queryRows, sql, sqlList, type Work } from './engine/sql.ts';
import { toPending } from './messages.ts';
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

/** What a process sees when it says that it lives: whether the others still count on it, and how often each has said so. */
export type Beats = { readonly counted: boolean; readonly of: ReadonlyMap<number, number> };

function* beat(id: number): Work<Beats> {
  const counted = (yield* queryRow(raiseBeats, id)) !== undefined;
  return { counted, of: new Map(yield* queryRows(selectBeats)) };
}

// One that was taken by somebody else meanwhile is left out: the condition is looked at again when the other's transaction has ended.
const claimOrphans = sql<[corpId: number, id: number, robotId: number, sentAt: number, state: number]>(
  'claim_orphans',
  `update messages set owner = $1
   where state < 2 and owner <> $1 and not exists (select 1 from processes p where p.corp_id = 0 and p.id = messages.owner)
     and (corp_id, id) in (
       select m.corp_id, m.id from messages m
       where m.state < 2 and m.owner <> $1 and not exists (select 1 from processes p where p.corp_id = 0 and p.id = m.owner)
       order by m.corp_id, m.id limit $2)
   returning corp_id, id, robot_id, sent_at, state`,
);

function* claim(owner: number, limit: number): Work<readonly Pending[]> {
  return (yield* queryRows(claimOrphans, owner, limit)).map(toPending);
}

const putSetting = sql(
  'put_setting',
  `insert into settings (corp_id, name, value) values (0, $1, $2)
   on conflict (corp_id, name) do update set value = excluded.value`,
);

/** Stores a setting that every process has to know before its next answer: they look for it as they do for the directory. */
export function* shareSetting(name: string, value: string): Work<void> {
  yield* queryRows(putSetting, name, value);
  yield* directoryChanged();
}

const selectStreamEnds = sqlList<[userId: number, last: number]>(
  'select_stream_ends',
  (count) => `select user_id, last from streams where corp_id = $1 and user_id in (${placeholders(2, count)})`,
);

/** The verbs that several processes on one database need of it. */
export function processVerbs(driver: Driver) {
  let own: number | undefined;
  return {
    /** Enters a process into the list, as this one: what it accepts from now on is its own to deliver. */
    async join(id: number): Promise<void> {
      await driver.write(() => queryRows(insertProcess, id));
      own = id;
    },
    /** The number of this process; undefined where it has not joined, since it is alone. */
    own: () => own,
    beat: (id: number) => driver.write(() => beat(id)),
    /** Counts on a process no more: on one that leaves, or on one that has not moved since so many beats. */
    strike: (id: number, beats = -1) => driver.write(() => queryRows(deleteProcess, id, beats)),
    /** Takes over undelivered messages of processes that are gone: each by one process only. */
    claim: (owner: number, limit: number) => driver.write(() => claim(owner, limit)),
    directoryVersion: () => driver.read(directoryVersion),
    /** The last numbers of people's streams. */
    streamEnds: (corpId: number, userIds: readonly number[]) =>
      driver.read(() => queryRows(selectStreamEnds(userIds.length), corpId, ...userIds)),
  };
}

export type ProcessVerbs = ReturnType<typeof processVerbs>;
