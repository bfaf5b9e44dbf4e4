import { queryRows, sql, type Work } from '../engine/sql.ts';

/**
 * How far numbers move ahead, by counter of the installation: more than any installation uses between a backup and its
 * restore, and little enough for many restores. Apps and robots have few numbers.
 */
const distances: Readonly<Record<string, number>> = {
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
  dings: 2 ** 20,
};

/** How far the streams of users and the events of organizations move ahead. */
const streamDistance = 2 ** 27;

const advanceCounter = sql('advance_counter', `update counters set next = next + $2 where name = $1`);
const addEvents = sql(
  'add_event_counters',
  `insert into counters (corp_id, name, next) select corp_id, 'events', 1 from organizations o where not exists (
     select 1 from counters c where c.corp_id = o.corp_id and c.name = 'events')`,
);
const advanceStreams = sql('advance_all_streams', `update streams set last = last + $1`);
const addStreams = sql(
  'add_streams',
  `insert into streams (corp_id, user_id, last) select corp_id, id, 0 from users u where not exists (
     select 1 from streams s where s.corp_id = u.corp_id and s.user_id = u.id)`,
);

/**
 * Moves the numbers of a restored database ahead, beyond those that were used after the backup. Clients may have these:
 * one that follows a stream from such a number would miss new entries with lower numbers, and a token would become that
 * of another app.
 */
export function* advanceNumbers(): Work<void> {
  yield* queryRows(addEvents);
  yield* queryRows(addStreams);
  for (const [name, distance] of Object.entries({ ...distances, events: streamDistance }))
    yield* queryRows(advanceCounter, name, distance);
  yield* queryRows(advanceStreams, streamDistance);
}
