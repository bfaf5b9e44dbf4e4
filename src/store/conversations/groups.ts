/** Groups of an organization: created at most once for a code or a name, listed, and changed in one transaction. */

import { type AuditEntry, audit } from '../console/audit.ts';
import type { Changes } from '../directory/change-writes.ts';
import { pipeline, queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import * as conversations from './conversations.ts';
import type { Leaving } from './group-changes.ts';
import { addMembers, insertFirstMembers, removeMembers, setAdmins } from './members.ts';

/** Maximum number of members or changes of members in one transaction. More would block other requests for too long. */
export const membersAtOnce = 1000;

/** A group to create, with the numbers of its first members and robots. Only the first thousand members are stored. */
export type NewGroup = {
  readonly conversation: conversations.NewConversation;
  readonly userIds: readonly number[];
  readonly robotIds: readonly number[];
  /** The numbers of the administrators, who must be among the first thousand members. */
  readonly adminIds?: readonly number[] | undefined;
  /** The name in the configuration file. */
  readonly setupName?: string | undefined;
  /** Its creation is not an event, because its organization is being set up. */
  readonly isQuiet?: boolean | undefined;
};

/**
 * A code by which an app creates at most one group. `window` is its validity in milliseconds; afterwards it can be used
 * again.
 */
export type GroupClaim = { readonly appId: number; readonly code: string; readonly window: number };

const claimGroup = sql<[code: string]>(
  'claim_group',
  `insert into idempotency (corp_id, app_id, code, answer, created_at) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, app_id, code) do update set answer = excluded.answer, created_at = excluded.created_at
     where idempotency.created_at <= excluded.created_at - $6
   returning code`,
);
const selectClaimed = sql<[answer: string]>(
  'select_claimed_group',
  `select answer from idempotency where corp_id = $1 and app_id = $2 and code = $3`,
);
const updateSetupName = sql(
  'update_setup_name',
  `update conversations set setup_name = $3 where corp_id = $1 and id = $2`,
);

/**
 * Creates a group unless an earlier call with the same claim has created one. Returns the number of the group. Of two
 * concurrent calls with the same claim, the second one waits here for the first.
 *
 * @throws StoreError `taken` if the openConversationId or chatId is in use
 */
export function* createGroup(group: NewGroup, changes: Changes, claim?: GroupClaim, entry?: AuditEntry): Work<number> {
  const { corpId, id, createdAt } = group.conversation;
  if (claim) {
    const { appId, code, window } = claim;
    const answer = JSON.stringify({ conversationId: id });
    if (!(yield* queryRow(claimGroup, corpId, appId, code, answer, createdAt, window))) {
      const known = yield* queryValue(selectClaimed, corpId, appId, code);
      return (JSON.parse(known ?? answer) as { conversationId: number }).conversationId;
    }
  }
  yield* conversations.createConversation(group.conversation);
  if (group.setupName !== undefined) yield* pipeline(updateSetupName, corpId, id, group.setupName);
  yield* insertFirstMembers(corpId, id, group.conversation, group.userIds.slice(0, membersAtOnce), changes);
  yield* setAdmins(corpId, id, group.adminIds ?? [], true);
  for (const robotId of group.robotIds) yield* conversations.addRobot(corpId, id, robotId);
  if (entry) yield* audit(entry);
  return id;
}

const selectGroups = sql<[id: number]>(
  'select_groups',
  `select id from conversations where corp_id = $1 and is_group = 1 and id > $2 order by id limit $3`,
);
const countGroups = sql<[count: number]>(
  'count_groups',
  `select count(*) from (select 1 as one from conversations where corp_id = $1 and is_group = 1 limit 10001) counted`,
);
const selectBySetupName = sql<[id: number]>(
  'select_group_by_setup_name',
  `select id from conversations where corp_id = $1 and setup_name = $2`,
);

/** Reads a page of an organization's groups, also disbanded ones, in the order of their numbers, after `after`. */
export function* readGroups(corpId: number, after: number, limit: number): Work<readonly conversations.Conversation[]> {
  const ids = (yield* queryRows(selectGroups, corpId, after, limit)).map(([id]) => id);
  const found = yield* conversations.findConversations(corpId, ids);
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Counts the groups of an organization, up to 10,001. */
export function* totalOfGroups(corpId: number): Work<number> {
  return (yield* queryValue(countGroups, corpId)) ?? 0;
}

/** Finds the group that has a name in the configuration file. */
export function* findBySetupName(corpId: number, name: string): Work<conversations.Conversation | undefined> {
  const id = yield* queryValue(selectBySetupName, corpId, name);
  return id === undefined ? undefined : (yield* conversations.findConversations(corpId, [id])).get(id);
}

const selectOpenIdsOfRobot = sql<[openId: string]>(
  'select_groups_of_robot',
  `select c.open_id from conversation_robots r
     join conversations c on c.corp_id = r.corp_id and c.id = r.conversation_id
   where r.corp_id = $1 and r.robot_id = $2 and c.is_group = 1 and c.disbanded_at is null
   order by r.conversation_id limit $3 offset $4`,
);

/** Reads openConversationIds of the groups that a robot is in, without disbanded ones, after `offset` others. */
export function* readGroupsOfRobot(
  corpId: number,
  robotId: number,
  offset: number,
  limit: number,
): Work<readonly string[]> {
  return (yield* queryRows(selectOpenIdsOfRobot, corpId, robotId, limit, offset)).map(([openId]) => openId);
}

const lockGroup = sql<[disbandedAt: number | null]>(
  'lock_group',
  `select disbanded_at from conversations where corp_id = $1 and id = $2 and is_group = 1 {locked}`,
);

/**
 * What to change in a group, at a time in epoch milliseconds; at most `membersAtOnce` members are added, and as many
 * removed.
 */
export type GroupUpdate = {
  readonly at: number;
  readonly change?: conversations.ConversationChange;
  readonly added?: readonly number[];
  readonly removed?: readonly number[];
  /** How the removed members leave; by default, somebody else removes them. */
  readonly leaving?: Leaving;
  readonly addedRobots?: readonly number[];
  readonly removedRobots?: readonly number[];
  readonly isDisbanded?: true;
};

/** How many members and robots an update has added and removed. */
export type GroupUpdated = {
  readonly added: number;
  readonly removed: number;
  readonly addedRobots: number;
  readonly removedRobots: number;
};

/**
 * Changes a group, and writes the audit entry that describes what has changed, if there is any. Returns undefined,
 * without changes, if the group does not exist or is disbanded.
 */
export function* updateGroup(
  corpId: number,
  id: number,
  update: GroupUpdate,
  changes: Changes,
  describe?: (updated: GroupUpdated) => AuditEntry | undefined,
): Work<GroupUpdated | undefined> {
  const { at, change = {}, added = [], removed = [], leaving } = update;
  const [disbandedAt = 0] = (yield* queryRow(lockGroup, corpId, id)) ?? [];
  if (disbandedAt !== null) return undefined;
  if (Object.keys(change).length > 0) yield* conversations.changeConversation(corpId, id, change, changes);
  const updated = {
    added: added.length === 0 ? 0 : ((yield* addMembers(corpId, id, added, changes)) ?? 0),
    removed: removed.length === 0 ? 0 : ((yield* removeMembers(corpId, id, removed, { at, leaving }, changes)) ?? 0),
    ...(yield* updateRobots(corpId, id, update)),
  };
  if (update.isDisbanded) yield* conversations.disband(corpId, id, at, changes);
  const entry = describe?.(updated);
  if (entry) yield* audit(entry);
  return updated;
}

function* updateRobots(corpId: number, id: number, { addedRobots = [], removedRobots = [] }: GroupUpdate) {
  let more = 0;
  let fewer = 0;
  for (const robotId of addedRobots) more += Number(yield* conversations.addRobot(corpId, id, robotId));
  for (const robotId of removedRobots) fewer += Number(yield* conversations.removeRobot(corpId, id, robotId));
  return { addedRobots: more, removedRobots: fewer };
}
