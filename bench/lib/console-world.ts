import { stepColumns } from '../../src/store/console/statistics.ts';
import { queryRows, sql, type Work } from '../../src/store/engine/sql.ts';
import { openStore } from '../../src/store/open.ts';
import { corpId, type Plan, param } from '../seed.ts';

/** The rows of the console's lists besides the messages of a plan. */
export const crowd = {
  organizations: 1000,
  /** The number of organizations, with an app and a robot for each of the others. */
  robots: 1000,
  /** Robots of the measured organization: one that sends most, one that sent a few messages long ago, and others. */
  ownRobots: 50,
  auditEntries: 100_000,
  statisticsDays: 90,
  /** The first user has received one of this many messages. */
  busyShare: 50,
  /** One of this many messages is recalled. */
  recalledShare: 50,
} as const;

export const rareRobot = 'dingbenchrobotrare';

const numbers = (from: number, to: number) =>
  `with recursive n (i) as (select ${from} union all select i + 1 from n where i < ${to})`;

/** SQL for either engine that turns a seeded database into the one of a large installation. */
export function crowdText({ firstSentAt, span, messages }: Plan): readonly string[] {
  const { organizations, robots, ownRobots, auditEntries, statisticsDays, busyShare, recalledShare } = crowd;
  const lastHour = Math.floor((firstSentAt + span) / 3_600_000);
  return [
    `insert into organizations (corp_id, code, name) ${numbers(2, organizations)} select i, 'dingother' || i, '其他公司' || i from n`,
    `insert into apps (corp_id, id, code, kind, secret_hash, generation, permissions)
     ${numbers(2, robots)} select 2 + i % ${organizations - 1}, i, 'dingotherapp' || i, 'internal', '', 1, '["qyapi_robot_sendmsg"]' from n`,
    `insert into robots (corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day)
     ${numbers(2, robots)} select case when i <= ${ownRobots} then ${corpId} else 2 + i % ${organizations - 1} end, i,
       case when i = ${ownRobots} then '${rareRobot}' else 'dingotherrobot' || i end, '机器人' || i, case when i <= ${ownRobots} then 1 else i end, 0, 0, 0 from n`,
    `insert into installations (corp_id, robot_id) select corp_id, id from robots where id > 1`,
    `update messages set robot_id = 2 + id % ${ownRobots - 2} where corp_id = ${corpId} and id % 10 >= 7`,
    `update messages set robot_id = ${ownRobots} where corp_id = ${corpId} and sent_at < ${firstSentAt + (20 * span) / messages}`,
    // A database that was filled for readStatus has no texts.
    `insert into contents (corp_id, message_id, param) select corp_id, id, '${param}' from messages where 1 = 1 on conflict do nothing`,
    `delete from contents where corp_id = ${corpId} and message_id % ${recalledShare} = 0`,
    `update messages set recalled_at = sent_at + 60000 where corp_id = ${corpId} and id % ${recalledShare} = 0`,
    `insert into inbox (corp_id, user_id, seq, event, message_id, position, read_at)
     select ${corpId}, 1, coalesce((select last from streams where corp_id = ${corpId} and user_id = 1), 0) + row_number() over (order by id), 0, id, 0,
       case when id % 3 = 0 then sent_at + 1000 end from messages where corp_id = ${corpId} and id % ${busyShare} = 1`,
    `delete from streams where corp_id = ${corpId} and user_id = 1`,
    `insert into streams (corp_id, user_id, last) select ${corpId}, 1, max(seq) from inbox where corp_id = ${corpId} and user_id = 1`,
    `insert into audit (corp_id, id, at, actor, action, target, was, became)
     ${numbers(1, auditEntries)} select ${corpId}, i, ${firstSentAt} + i, 'token', 'user.rename', 'user' || i, '{"name":"甲"}', '{"name":"乙"}' from n`,
    `insert into counters (corp_id, name, next) values (0, 'audit', ${auditEntries + 1})`,
    `delete from hourly where corp_id = ${corpId}`,
    `insert into hourly (corp_id, robot_id, hour, sends, deliveries, ${stepColumns.join(', ')})
     ${numbers(0, statisticsDays * 24 * (ownRobots + 1) - 1)} select ${corpId}, i % ${ownRobots + 1}, ${lastHour} - i / ${ownRobots + 1}, 9, 45,
       ${stepColumns.map(() => '1').join(', ')} from n`,
  ];
}

/** Turns a seeded file into the one of an installation with a long history: see `crowd`. */
export async function crowdIn(path: string, plan: Plan): Promise<void> {
  const store = await openStore(path);
  try {
    await store.driver.write(function* (): Work<void> {
      for (const [i, text] of crowdText(plan).entries()) yield* queryRows(sql(`crowd_${i}`, text));
    });
  } finally {
    await store.close();
  }
}
