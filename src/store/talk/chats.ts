import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/**
 * The conversation of a robot with a user (`conversationId` is 0) or in a conversation (`userId` is 0). Its number
 * identifies the sessionWebhook.
 */
export type RobotChat = {
  readonly corpId: number;
  readonly id: number;
  readonly robotId: number;
  readonly userId: number;
  readonly conversationId: number;
  /** The openConversationId of a conversation with a user; null for others. */
  readonly openId: string | null;
  /** When the sessionWebhook ends, in epoch milliseconds. */
  readonly expiresAt: number;
};

type ChatRow = [
  corpId: number,
  id: number,
  robotId: number,
  userId: number,
  conversationId: number,
  openId: string | null,
  expiresAt: number,
];

const columns = 'corp_id, id, robot_id, user_id, conversation_id, open_id, expires_at';

function toChat([corpId, id, robotId, userId, conversationId, openId, expiresAt]: Readonly<ChatRow>): RobotChat {
  return { corpId, id, robotId, userId, conversationId, openId, expiresAt };
}

const putChat = sql<ChatRow>(
  'put_robot_chat',
  `insert into robot_chats (${columns}) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (corp_id, robot_id, conversation_id, user_id) do update set expires_at = excluded.expires_at
   returning ${columns}`,
);
const selectById = sql<ChatRow>(
  'select_robot_chat',
  `select ${columns} from robot_chats where corp_id = $1 and id = $2`,
);
const selectAt = sql<ChatRow>(
  'select_robot_chat_at',
  `select ${columns} from robot_chats where corp_id = $1 and robot_id = $2 and conversation_id = $3 and user_id = $4`,
);
const selectByOpenId = sql<ChatRow>(
  'select_robot_chat_by_open_id',
  `select ${columns} from robot_chats where corp_id = $1 and open_id = $2`,
);

/** Stores a chat, or moves the end of the sessionWebhook of the one that exists. Returns the stored chat. */
export function* extendChat(chat: RobotChat): Work<RobotChat> {
  const { corpId, id, robotId, userId, conversationId, openId, expiresAt } = chat;
  const row = yield* queryRow(putChat, corpId, id, robotId, userId, conversationId, openId, expiresAt);
  return row ? toChat(row) : chat;
}

/** Finds a chat by number. */
export function* findChat(corpId: number, id: number): Work<RobotChat | undefined> {
  const [row] = yield* queryRows(selectById, corpId, id);
  return row && toChat(row);
}

/** Where a robot talks: in a conversation, or with a user; the other number is 0. */
export type ChatPlace = Pick<RobotChat, 'corpId' | 'robotId' | 'conversationId' | 'userId'>;

/** Finds the chat at a place. */
export function* findChatAt({ corpId, robotId, conversationId, userId }: ChatPlace): Work<RobotChat | undefined> {
  const [row] = yield* queryRows(selectAt, corpId, robotId, conversationId, userId);
  return row && toChat(row);
}

/** Finds the chat of a robot and a user by its openConversationId. */
export function* findChatByOpenId(corpId: number, openId: string): Work<RobotChat | undefined> {
  const [row] = yield* queryRows(selectByOpenId, corpId, openId);
  return row && toChat(row);
}
