import { queryValue, sql, type Work } from '../engine/sql.ts';

/**
 * What is counted: the messages of a user, those through a sessionWebhook, or the clicks of a user. The index is the value
 * in the database.
 */
const kinds = ['user', 'session', 'click'] as const;
export type TalkRate = (typeof kinds)[number];

// Beyond the limit, no row is changed or returned.
const countMessage = sql<[sent: number]>(
  'count_talk',
  `insert into talk_rates as r (corp_id, kind, id, minute, sent) values ($1, $2, $3, $4, 1)
   on conflict (corp_id, kind, id) do update set
     minute = $4, sent = case when r.minute = $4 then r.sent + 1 else 1 end
   where r.minute <> $4 or r.sent < $5
   returning sent`,
);

const selectSent = sql<[sent: number]>(
  'select_talk_sent',
  `select sent from talk_rates where corp_id = $1 and kind = $2 and id = $3 and minute = $4`,
);

/** Whether no further message is allowed in the minute of a time. Counts nothing. */
export function* isTalkSpent(corpId: number, kind: TalkRate, id: number, at: number, perMinute: number): Work<boolean> {
  const minute = Math.floor(at / 60_000);
  return ((yield* queryValue(selectSent, corpId, kinds.indexOf(kind), id, minute)) ?? 0) >= perMinute;
}

/** Counts a message in the minute of a time. Returns false, and does not count it, beyond `perMinute` messages. */
export function* countTalk(corpId: number, kind: TalkRate, id: number, at: number, perMinute: number): Work<boolean> {
  const minute = Math.floor(at / 60_000);
  return (yield* queryValue(countMessage, corpId, kinds.indexOf(kind), id, minute, perMinute)) !== undefined;
}
