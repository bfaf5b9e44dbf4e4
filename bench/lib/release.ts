import { dayOf, perDay, startTimeOf } from '../../src/store/engine/partitions.ts';
import type { Engine } from '../../src/store/engine/sql.ts';

/** The content of a database of a release: this many messages, each to five of this many users, over several days. */
export type ReleasePlan = { readonly engine: Engine; readonly messages: number; readonly users: number };

/** The schema version of release 0.1.0, which the statements of this file fill. Later steps are measured from there. */
export const releaseSchema = 6;

const recipients = 5;
const days = 10;
const dayMs = 86_400_000;
const last = dayOf(Date.UTC(2026, 10, 20));
const first = last - days + 1;

const daily = ['messages', 'contents', 'inbox', 'events'];

/**
 * Statements that fill a database with the schema of release 0.1.0. They do not use the verbs of the store, which work
 * with the current schema only, and the server generates the rows, so that a million messages take a minute or two.
 */
export function releaseStatements(plan: ReleasePlan): readonly string[] {
  return [...(plan.engine === 'postgres' ? dayTables() : []), ...directory, ...people(plan), ...messages(plan)];
}

/** Creates the tables of each day, as the server does. */
function dayTables(): readonly string[] {
  return Array.from({ length: days }, (_, i) => first + i).flatMap((day) => {
    const suffix = new Date(startTimeOf(day)).toISOString().slice(0, 10).replaceAll('-', '');
    return daily.flatMap((table) => [
      `create table ${table}_${suffix} (like ${table} including all)`,
      `alter table ${table} attach partition ${table}_${suffix} for values from (${day * perDay}) to (${(day + 1) * perDay})`,
    ]);
  });
}

const directory = [
  `insert into organizations (corp_id, code, name) values (1, 'dingbench0001', '测试公司')`,
  `insert into apps (corp_id, id, code, kind, secret_hash, generation, permissions)
   values (1, 1, 'dingbenchapp', 'internal', 'none', 1, '["qyapi_robot_sendmsg"]')`,
  `insert into robots (corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day)
   values (1, 1, 'dingbenchrobot001', '通知助手', 1, 0, 0, 0)`,
  `insert into installations (corp_id, robot_id) values (1, 1)`,
];

const counted = (count: number) => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;

const people = ({ users }: ReleasePlan) => [
  `insert into users (corp_id, id, code, name, left_at)
   ${counted(users)} select 1, i, cast(2013000000 + i as text), '用户' || cast(i as text), case when i % 50 = 0 then 1 end from n`,
];

/** The first number of the day of message `i`; 0 on an engine without partitions. */
const dayStart = ({ engine, messages }: ReleasePlan) =>
  engine === 'postgres' ? `(cast(${first} + (i - 1) * ${days} / ${messages} as bigint) * ${perDay})` : '0';

function messages(plan: ReleasePlan): readonly string[] {
  const { messages: count, users } = plan;
  const start = dayStart(plan);
  const sentAt = `(${startTimeOf(first)} + cast(i - 1 as bigint) * ${Math.floor((days * dayMs) / count)})`;
  const user = (k: number | string) => `(1 + (cast(i as bigint) * 7919 + ${k} * 104729) % ${users})`;
  const all = Array.from({ length: recipients }, (_, k) => `cast(${user(k)} as text)`).join(` || ',' || `);
  const { reads, readAfter } = firstHasRead;
  return [
    `insert into messages (corp_id, id, robot_id, kind, sent_at, state, delivered_at, recipients, reads, owner)
     ${counted(count)} select 1, ${start} + i, 1, 1, ${sentAt}, 2, ${sentAt} + 20, ${all},
       case when i % 2 = 0 then '${reads}' else '' end, 0 from n`,
    `insert into contents (corp_id, message_id, param)
     ${counted(count)} select 1, ${start} + i, '{"content":"请于今天下班前确认本周的值班安排，谢谢。"}' from n`,
    `insert into inbox (corp_id, user_id, seq, event, message_id, position, read_at)
     ${counted(count)}, k(k) as (select 0 union all select k + 1 from k where k < ${recipients - 1})
     select 1, ${user('k')}, ${start} + row_number() over (partition by ${user('k')} order by i), 0, ${start} + i, k,
       case when k = 0 and i % 2 = 0 then ${sentAt} + ${readAfter} end from n, k`,
    `insert into events (corp_id, seq, event, message_id, position)
     ${counted(count)} select 1, ${start} + 2 * i - 1, 0, ${start} + i, 0 from n`,
    `insert into events (corp_id, seq, event, message_id, position)
     ${counted(count)} select 1, ${start} + 2 * i, 1, ${start} + i, 0 from n`,
    `insert into streams (corp_id, user_id, last) select corp_id, user_id, max(seq) from inbox group by corp_id, user_id`,
    `insert into hourly (corp_id, robot_id, hour, sends, deliveries)
     select 1, 1, sent_at / 3600000, count(*), count(*) * ${recipients} from messages group by sent_at / 3600000`,
    `insert into idempotency (corp_id, app_id, code, answer, created_at)
     ${counted(Math.ceil(count / 10))} select 1, 1, 'code-' || cast(i as text), '{"messageId":1}', ${sentAt} from n`,
    `insert into counters (corp_id, name, next) values (0, 'message', ${count + 1}), (0, 'user', ${users + 1})`,
  ];
}

/** Reads of a message that only its first recipient has read. */
const firstHasRead = { reads: '1000'.padStart(8).padEnd(8 * recipients), readAfter: Number.parseInt('1000', 36) };
