import { placeholders, queryRows, sqlList, type Work } from '../engine/sql.ts';
import type { Robot, Send } from '../model.ts';

// A process whose clock is slightly behind counts into the next minute or day if another process has started that
// already. Otherwise the two would keep resetting each other's counter, and no limit would work.
const countFlow = sqlList<[userId: number, inMinute: number, inDay: number]>(
  'count_flow',
  (count) =>
    `insert into flow (corp_id, robot_id, user_id, minute, in_minute, day, in_day)
     values ${Array.from({ length: count }, (_, i) => `($1, $2, $${i + 5}, $3, 1, $4, 1)`).join(', ')}
     on conflict (corp_id, robot_id, user_id) do update set
       in_minute = case when flow.minute in ($3, $3 + 1) then flow.in_minute + 1 else 1 end,
       minute = case when flow.minute = $3 + 1 then flow.minute else $3 end,
       in_day = case when flow.day in ($4, $4 + 1) then flow.in_day + 1 else 1 end,
       day = case when flow.day = $4 + 1 then flow.day else $4 end
     returning user_id, in_minute, in_day`,
);
const uncountFlow = sqlList(
  'uncount_flow',
  (count) =>
    `update flow set in_minute = in_minute - 1, in_day = in_day - 1
     where corp_id = $1 and robot_id = $2 and user_id in (${placeholders(3, count)})`,
);

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Counts a message for each user, and returns the users who are over the robot's limits; for these it is not counted.
 */
export function* countFlows({ corpId, robot, sentAt }: Send, userIds: readonly number[]): Work<ReadonlySet<number>> {
  if (userIds.length === 0) return new Set();
  // In a fixed order, so that two sends to the same users cannot deadlock.
  const ids = userIds.toSorted((a, b) => a - b);
  const [minute, day] = [Math.floor(sentAt / minuteMs), Math.floor(sentAt / dayMs)];
  const rows = yield* queryRows(countFlow(ids.length), corpId, robot.id, minute, day, ...ids);
  const over = rows.filter(([, inMinute, inDay]) => exceeds(robot, inMinute, inDay)).map(([userId]) => userId);
  if (over.length > 0) yield* queryRows(uncountFlow(over.length), corpId, robot.id, ...over);
  return new Set(over);
}

/** Whether a robot has a limit for messages per user. */
export const hasLimits = (robot: Robot) => robot.perUserPerMinute > 0 || robot.perUserPerDay > 0;

function exceeds({ perUserPerMinute, perUserPerDay }: Robot, inMinute: number, inDay: number): boolean {
  return (perUserPerMinute > 0 && inMinute > perUserPerMinute) || (perUserPerDay > 0 && inDay > perUserPerDay);
}
