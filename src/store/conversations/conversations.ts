import type { Changes } from '../directory/change-writes.ts';
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, queryValue, StoreError, sql, sqlList, type Work } from '../engine/sql.ts';
import type { ConversationName } from '../model.ts';
import { addDisbanded, addPropertyChanges } from './group-changes.ts';

/** A conversation: a group, or a conversation of two people. Times are epoch milliseconds. */
export type Conversation = {
  readonly corpId: number;
  readonly id: number;
  /** The openConversationId. */
  readonly openId: string;
  /** Null for a conversation of two. */
  readonly chatId: string | null;
  readonly isGroup: boolean;
  readonly title: string;
  /** The number of a user; null for a conversation of two. */
  readonly ownerId: number | null;
  readonly templateId: string | null;
  readonly icon: string | null;
  /** The management options of a group. Not interpreted. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Rises with each change of the members. */
  readonly change: number;
  readonly createdAt: number;
  readonly disbandedAt: number | null;
};

/** A conversation before it is stored. */
export type NewConversation = Omit<Conversation, 'change' | 'disbandedAt'>;

type ConversationRow = [
  corpId: number,
  id: number,
  openId: string,
  chatId: string | null,
  isGroup: number,
  title: string,
  ownerId: number | null,
  templateId: string | null,
  icon: string | null,
  options: string,
  change: number,
  createdAt: number,
  disbandedAt: number | null,
];

const columns = [
  ...['corp_id', 'id', 'open_id', 'chat_id', 'is_group', 'title', 'owner_id', 'template_id', 'icon', 'options'],
  ...['change', 'created_at', 'disbanded_at'],
];

/** The columns of a conversation in the table or alias `c`, for `toConversation`. */
const conversationColumns = columns.map((column) => `c.${column}`).join(', ');

/** Converts a row of `conversationColumns`. */
function toConversation(row: Readonly<ConversationRow>): Conversation {
  const [corpId, id, openId, chatId, isGroup, title, ownerId, templateId, icon, options, change, ...times] = row;
  const [createdAt, disbandedAt] = times;
  const parsed = JSON.parse(options) as Conversation['options'];
  const names = { openId, chatId, isGroup: isGroup === 1, title, ownerId, templateId, icon };
  return { corpId, id, ...names, options: parsed, change, createdAt, disbandedAt };
}

const insertConversation = sql<[id: number]>(
  'insert_conversation',
  `insert into conversations (corp_id, id, open_id, chat_id, is_group, title, owner_id, template_id, icon, options, created_at, change)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) on conflict do nothing returning id`,
);

/**
 * Stores a conversation without members, with the change number 1.
 *
 * @throws StoreError `taken` if its openConversationId or chatId is in use
 */
export function* createConversation(made: NewConversation): Work<void> {
  const { corpId, id, openId, chatId, isGroup, title, ownerId, templateId, icon, options, createdAt } = made;
  const params = [corpId, id, openId, chatId, Number(isGroup), title, ownerId, templateId, icon] as const;
  const stored = yield* queryRow(insertConversation, ...params, JSON.stringify(options), createdAt);
  if (!stored) throw new StoreError('taken', 'a conversation has this openConversationId or chatId');
}

const selectByOpenId = sql<ConversationRow>(
  'select_conversation_by_open_id',
  `select ${conversationColumns} from conversations c where c.open_id = $1 order by c.corp_id`,
);
const selectByChatId = sql<ConversationRow>(
  'select_conversation_by_chat_id',
  `select ${conversationColumns} from conversations c where c.chat_id = $1 order by c.corp_id`,
);

/** Finds the conversations of all organizations with an openConversationId, also disbanded ones. Usually one or none. */
export function* findByOpenId(openId: string): Work<readonly Conversation[]> {
  return (yield* queryRows(selectByOpenId, openId)).map(toConversation);
}

/** Finds the conversations of all organizations with a chatId, also disbanded ones. Usually one or none. */
export function* findByChatId(chatId: string): Work<readonly Conversation[]> {
  return (yield* queryRows(selectByChatId, chatId)).map(toConversation);
}

const selectByNumber = sqlList<ConversationRow>(
  'select_conversations',
  (count) =>
    `select ${conversationColumns} from conversations c where c.corp_id = $1 and c.id in (${placeholders(2, count)})`,
);

/** Finds conversations by number. Unknown numbers are missing from the result. */
export function* findConversations(corpId: number, ids: readonly number[]): Work<ReadonlyMap<number, Conversation>> {
  if (ids.length === 0) return new Map();
  const keys = padKeys([...new Set(ids)]);
  const rows = yield* queryRows(selectByNumber(keys.length), corpId, ...keys);
  return new Map(rows.map(toConversation).map((found) => [found.id, found]));
}

const selectNames = sqlList<[id: number, openId: string, title: string, isGroup: number]>(
  'select_conversation_names',
  (count) =>
    `select id, open_id, title, is_group from conversations
     where corp_id = $1 and id in (${placeholders(2, count)}) and is_group < 2`,
);

/**
 * Reads what an inbox shows of conversations, by number; not of those that have the receivers of a work notice. Without
 * numbers it runs no query.
 */
export function* readNames(corpId: number, ids: readonly number[]): Work<ReadonlyMap<number, ConversationName>> {
  if (ids.length === 0) return new Map();
  const keys = padKeys([...new Set(ids)]);
  const rows = yield* queryRows(selectNames(keys.length), corpId, ...keys);
  return new Map(rows.map(([id, openId, title, isGroup]) => [id, { id, openId, title, isGroup: isGroup === 1 }]));
}

const selectChanges = sqlList<[id: number, change: number]>(
  'select_conversation_changes',
  (count) =>
    `select id, change from conversations
     where corp_id = $1 and disbanded_at is null and id in (${placeholders(2, count)})`,
);

/** Reads the change numbers of conversations, without disbanded ones. */
export function* readChanges(corpId: number, ids: readonly number[]): Work<ReadonlyMap<number, number>> {
  if (ids.length === 0) return new Map();
  const keys = padKeys([...new Set(ids)]);
  return new Map(yield* queryRows(selectChanges(keys.length), corpId, ...keys));
}

/** The properties of a conversation that can change. Absent ones keep their values. */
export type ConversationChange = Partial<Pick<Conversation, 'title' | 'ownerId' | 'icon' | 'options'>>;

const updateConversation = sql(
  'update_conversation',
  `update conversations set title = $3, owner_id = $4, icon = $5, options = $6 where corp_id = $1 and id = $2`,
);
const selectLocked = sql<ConversationRow>(
  'select_conversation_locked',
  `select ${conversationColumns} from conversations c where c.corp_id = $1 and c.id = $2 {locked}`,
);

/** Changes properties of a conversation. Returns it as it is now, or undefined if it does not exist. */
export function* changeConversation(
  corpId: number,
  id: number,
  change: ConversationChange,
  changes: Changes,
): Work<Conversation | undefined> {
  const row = yield* queryRow(selectLocked, corpId, id);
  if (!row) return undefined;
  const before = toConversation(row);
  const changed: Conversation = { ...before, ...change };
  const { title, ownerId, icon, options } = changed;
  yield* queryRows(updateConversation, corpId, id, title, ownerId, icon, JSON.stringify(options));
  yield* addPropertyChanges(corpId, before, changed, changes);
  return changed;
}

const markDisbanded = sql<[openId: string, chatId: string | null, isGroup: number, title: string]>(
  'mark_disbanded',
  `update conversations set disbanded_at = $3 where corp_id = $1 and id = $2 and disbanded_at is null
   returning open_id, chat_id, is_group, title`,
);

/** Disbands a conversation at a time. Returns whether it was not disbanded before. Its messages and members stay. */
export function* disband(corpId: number, id: number, at: number, changes: Changes): Work<boolean> {
  const row = yield* queryRow(markDisbanded, corpId, id, at);
  if (!row) return false;
  const [openId, chatId, isGroup, title] = row;
  addDisbanded(corpId, { openId, chatId, isGroup: isGroup === 1, title }, changes);
  return true;
}

const insertRobot = sql<[robotId: number]>(
  'insert_conversation_robot',
  `insert into conversation_robots (corp_id, conversation_id, robot_id) values ($1, $2, $3)
   on conflict do nothing returning robot_id`,
);
const deleteRobot = sql<[robotId: number]>(
  'delete_conversation_robot',
  `delete from conversation_robots where corp_id = $1 and conversation_id = $2 and robot_id = $3 returning robot_id`,
);
const selectRobots = sql<[robotId: number]>(
  'select_conversation_robots',
  `select robot_id from conversation_robots where corp_id = $1 and conversation_id = $2 order by robot_id`,
);
const selectRobot = sql<[robotId: number]>(
  'select_conversation_robot',
  `select robot_id from conversation_robots where corp_id = $1 and conversation_id = $2 and robot_id = $3`,
);

/** Adds a robot to a conversation. Returns whether it is new there. */
export function* addRobot(corpId: number, conversationId: number, robotId: number): Work<boolean> {
  return (yield* queryRow(insertRobot, corpId, conversationId, robotId)) !== undefined;
}

/** Removes a robot from a conversation. Returns whether it was there. */
export function* removeRobot(corpId: number, conversationId: number, robotId: number): Work<boolean> {
  return (yield* queryRow(deleteRobot, corpId, conversationId, robotId)) !== undefined;
}

/** Reads the numbers of a conversation's robots. */
export function* readRobots(corpId: number, conversationId: number): Work<readonly number[]> {
  return (yield* queryRows(selectRobots, corpId, conversationId)).map(([robotId]) => robotId);
}

/** Whether a robot is in a conversation. */
export function* hasRobot(corpId: number, conversationId: number, robotId: number): Work<boolean> {
  return (yield* queryValue(selectRobot, corpId, conversationId, robotId)) !== undefined;
}

const selectOfRobot = sql<ConversationRow>(
  'select_conversations_of_robot',
  `select ${conversationColumns} from conversation_robots r
     join conversations c on c.corp_id = r.corp_id and c.id = r.conversation_id
   where r.corp_id = $1 and r.robot_id = $2 and r.conversation_id > $3 and c.disbanded_at is null
   order by r.conversation_id limit $4`,
);
const selectOfUser = sql<ConversationRow>(
  'select_conversations_of_user',
  `select ${conversationColumns} from members m
     join conversations c on c.corp_id = m.corp_id and c.id = m.conversation_id
   where m.corp_id = $1 and m.user_id = $2 and m.conversation_id > $3 and m.left_in is null and c.disbanded_at is null
   order by m.conversation_id limit $4`,
);

/** Reads a page of the conversations that a robot is in, without disbanded ones, after the number `after`. */
export function* readOfRobot(corpId: number, robotId: number, after: number, limit: number) {
  return (yield* queryRows(selectOfRobot, corpId, robotId, after, limit)).map(toConversation);
}

/** Reads a page of the conversations of a user, without disbanded ones, after the number `after`. */
export function* readOfUser(corpId: number, userId: number, after: number, limit: number) {
  return (yield* queryRows(selectOfUser, corpId, userId, after, limit)).map(toConversation);
}
