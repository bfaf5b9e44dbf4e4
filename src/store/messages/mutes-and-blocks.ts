import { dayOf, perDay } from '../engine/partitions.ts';
import {
  type Driver,
  pipeline,
  placeholders,
  queryRow,
  queryRows,
  queryValue,
  sql,
  sqlList,
  type Work,
} from '../engine/sql.ts';
import type { Robot } from '../model.ts';
import { reserveOffset } from '../streams.ts';

/** A user's choice about a robot. */
export type Choice = {
  /** The robot's messages arrive without a notification. */
  readonly muted: boolean;
  /** The robot's messages are not delivered to this user. */
  readonly blocked: boolean;
};

/**
 * A stored choice. `wasMute`: an upgrade has converted a mute to this block, and the user has not dismissed the notice
 * about it yet.
 */
export type StoredChoice = Choice & { readonly wasMute: boolean };

const noChoice: StoredChoice = { muted: false, blocked: false, wasMute: false };

const selectMutes = sql<[robotId: number]>(
  'select_mutes',
  `select robot_id from mutes where corp_id = $1 and user_id = $2`,
);
const selectBlocks = sql<[robotId: number, wasMute: number]>(
  'select_blocks',
  `select robot_id, was_mute from blocks where corp_id = $1 and user_id = $2`,
);

/** Reads a user's choices by robot. Robots without a choice are missing. */
export function* readChoices(corpId: number, userId: number): Work<ReadonlyMap<number, StoredChoice>> {
  const choices = new Map<number, StoredChoice>();
  for (const [robotId] of yield* queryRows(selectMutes, corpId, userId))
    choices.set(robotId, { ...noChoice, muted: true });
  for (const [robotId, wasMute] of yield* queryRows(selectBlocks, corpId, userId)) {
    choices.set(robotId, { ...(choices.get(robotId) ?? noChoice), blocked: true, wasMute: wasMute === 1 });
  }
  return choices;
}

const selectUnblockable = sql<[unblockable: number]>(
  'select_unblockable',
  `select unblockable from robots where corp_id = $1 and id = $2 {locked}`,
);
const insertMute = sql(
  'insert_mute',
  `insert into mutes (corp_id, user_id, robot_id) values ($1, $2, $3) on conflict do nothing`,
);
const deleteMute = sql('delete_mute', `delete from mutes where corp_id = $1 and user_id = $2 and robot_id = $3`);
const insertBlock = sql(
  'insert_block',
  `insert into blocks (corp_id, user_id, robot_id, was_mute) values ($1, $2, $3, 0) on conflict do nothing`,
);
const deleteBlock = sql('delete_block', `delete from blocks where corp_id = $1 and user_id = $2 and robot_id = $3`);
const appendChoice = sql(
  'append_choice',
  `insert into inbox (corp_id, user_id, seq, event, message_id, position) values ($1, $2, $3, 3, $4, $5)`,
);

/**
 * An event for a choice stores the robot or the conversation in the column `message_id`. The column `position` contains
 * the choice and whether it is about a conversation.
 */
const positionOf = ({ muted, blocked }: Choice): number => (muted ? 1 : 0) + (blocked ? 2 : 0);
const conversationBit = 4;
export const isAboutConversation = (position: number): boolean => (position & conversationBit) !== 0;
export const parseChoice = (position: number): Choice => ({
  muted: (position & 1) === 1,
  blocked: (position & 2) === 2,
});

export type ChoiceChange = { readonly [name in keyof Choice]?: boolean | undefined };

/**
 * Changes a user's choice about a robot, and appends an event to their stream, so that their other open pages show it.
 * An unchanged choice appends nothing.
 *
 * @param today the first number of the current day (see partitions.ts); 0 without partitions
 * @returns the new choice, or undefined if the robot is unblockable, which changes nothing
 */
function* choose(
  corpId: number,
  userId: number,
  robot: Robot,
  change: ChoiceChange,
  today: number,
): Work<{ readonly choice: Choice; readonly isNew: boolean } | undefined> {
  // The row is locked, so that no block is stored while the robot becomes unblockable.
  const unblockable = yield* queryValue(selectUnblockable, robot.corpId, robot.id);
  if (change.blocked && unblockable === 1) return undefined;
  const before = (yield* readChoices(corpId, userId)).get(robot.id) ?? noChoice;
  const choice = { muted: change.muted ?? before.muted, blocked: change.blocked ?? before.blocked };
  if (positionOf(choice) === positionOf(before)) return { choice, isNew: false };
  yield* queryRows(choice.muted ? insertMute : deleteMute, corpId, userId, robot.id);
  yield* queryRows(choice.blocked ? insertBlock : deleteBlock, corpId, userId, robot.id);
  const offset = yield* reserveOffset(corpId, userId, today);
  yield* queryRows(appendChoice, corpId, userId, offset, robot.id, positionOf(choice));
  return { choice, isNew: true };
}

const updateMuted = sql<[userId: number]>(
  'update_muted',
  `update members set muted = $4
   where corp_id = $1 and conversation_id = $2 and user_id = $3 and left_in is null and muted <> $4 returning user_id`,
);

/**
 * Mutes or unmutes a conversation for a member, and appends an event to their stream. Returns whether that is a change;
 * the mute of a user who is not a member stays as it is.
 *
 * @param today as for `choose`
 */
function* muteConversation(
  corpId: number,
  userId: number,
  conversationId: number,
  muted: boolean,
  today: number,
): Work<boolean> {
  if (!(yield* queryRow(updateMuted, corpId, conversationId, userId, Number(muted)))) return false;
  const offset = yield* reserveOffset(corpId, userId, today);
  const position = positionOf({ muted, blocked: false }) + conversationBit;
  yield* queryRows(appendChoice, corpId, userId, offset, conversationId, position);
  return true;
}

const dismiss = sql(
  'dismiss_notices',
  `update blocks set was_mute = 0 where corp_id = $1 and user_id = $2 and was_mute = 1`,
);

/** Dismisses a user's notice that mutes have become blocks. */
function* dismissNotices(corpId: number, userId: number): Work<void> {
  yield* queryRows(dismiss, corpId, userId);
}

const clearBlocks = sql('clear_blocks', `delete from blocks where corp_id = $1 and robot_id = $2`);
const clearAllBlocks = sql('clear_all_blocks', `delete from blocks where robot_id = $1`);
const selectBlockedBy = sql<[code: string]>(
  'select_blocked_by',
  `select u.code from blocks b join users u on u.corp_id = b.corp_id and u.id = b.user_id
   where b.robot_id = $1 and u.left_at is null order by u.corp_id, u.code`,
);

/** Replaces the users of an organization who block a robot. */
function* setBlocks(corpId: number, robotId: number, userIds: readonly number[]): Work<void> {
  yield* queryRows(clearBlocks, corpId, robotId);
  for (const userId of userIds) yield* queryRows(insertBlock, corpId, userId, robotId);
}

/** Deletes all blocks of a robot, in all organizations. */
export function* endBlocks(robotId: number): Work<void> {
  yield* pipeline(clearAllBlocks, robotId);
}

/** Reads the codes of the users who block a robot. */
function* readBlockedBy(robotId: number): Work<readonly string[]> {
  return (yield* queryRows(selectBlockedBy, robotId)).map(([code]) => code);
}

const selectBlocksOfRobot = sql<[code: string, name: string]>(
  'select_blocks_of_robot',
  `select u.code, u.name from blocks b join users u on u.corp_id = b.corp_id and u.id = b.user_id
   where b.corp_id = $1 and b.robot_id = $2 and u.left_at is null and u.code > $3 order by u.code limit $4`,
);

/** Reads a page of an organization's users who block a robot, in the order of their codes, after the code `after`. */
export function* readBlocksOfRobot(corpId: number, robotId: number, after: string, limit: number) {
  const rows = yield* queryRows(selectBlocksOfRobot, corpId, robotId, after, limit);
  return rows.map(([code, name]) => ({ code, name }));
}

const selectBlocksOfUsers = sqlList<[userId: number, robotId: number]>(
  'select_blocks_of_users',
  (count) => `select user_id, robot_id from blocks where corp_id = $1 and user_id in (${placeholders(2, count)})`,
);

/** Reads the robots that users have blocked, by the number of the user. */
export function* readBlocksBy(
  corpId: number,
  userIds: readonly number[],
): Work<ReadonlyMap<number, readonly number[]>> {
  if (userIds.length === 0) return new Map();
  const rows = yield* queryRows(selectBlocksOfUsers(userIds.length), corpId, ...userIds);
  const byUser = Map.groupBy(rows, ([userId]) => userId);
  return new Map([...byUser].map(([userId, own]) => [userId, own.map(([, robotId]) => robotId)]));
}

/** Creates the verbs for blocks and mutes. */
export function createBlockVerbs(driver: Driver) {
  return {
    /** Changes a user's choice about a robot at a time (epoch milliseconds); see the function `choose`. */
    choose(corpId: number, userId: number, robot: Robot, change: ChoiceChange, at: number) {
      const today = driver.daily ? dayOf(at) * perDay : 0;
      return driver.write(() => choose(corpId, userId, robot, change, today));
    },
    /** Mutes or unmutes a conversation at a time (epoch milliseconds); see the function `muteConversation`. */
    muteConversation(corpId: number, userId: number, conversationId: number, muted: boolean, at: number) {
      const today = driver.daily ? dayOf(at) * perDay : 0;
      return driver.write(() => muteConversation(corpId, userId, conversationId, muted, today));
    },
    dismissNotices: (corpId: number, userId: number) => driver.write(() => dismissNotices(corpId, userId)),
    /** Replaces the users of an organization who block a robot. */
    replace: (corpId: number, robotId: number, userIds: readonly number[]) =>
      driver.write(() => setBlocks(corpId, robotId, userIds)),
    /** Reads the codes of the users who block a robot, in all organizations. */
    blockedBy: (robotId: number) => driver.read(() => readBlockedBy(robotId)),
  };
}

export type BlockVerbs = ReturnType<typeof createBlockVerbs>;
