/** Messages that an app itself, without a robot, sends to groups, and who has read them. */
import { hash } from 'node:crypto';
import type { Receipt, Robot } from '../../store/model.ts';
import { groupSenderOf } from '../../store/notices/senders.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { maxChatReaders } from '../../wire/limits.ts';
import { parseChatMessage } from '../../wire/vendor/notices.ts';
import type { Caller, Context } from '../context.ts';
import { acceptAndDeliver } from '../send.ts';
import { findUserIds } from '../users.ts';
import { type Conversation, findGroupByChatId } from './find.ts';

/** A message to a group, not yet validated. `sender` is the userid of the member in whose name the app sends. */
export type ChatMessage = {
  readonly chatId: string | undefined;
  readonly sender: string | undefined;
  readonly msg: Readonly<Record<string, unknown>>;
};

/** A call that sends. `path` is that of the call. */
export type ChatCall = { readonly path: string; readonly idempotencyKey: string | undefined };

/**
 * Sends a message of the caller's app to the members of a group: accepts it durably, and leaves its delivery to the
 * deliverer. Resolves with the messageId. Throws 34001 for the group, 34002 for the sender, and 34004, 34014 or 34016 for
 * the message, in this order; 40035 for another message with the same idempotency-key.
 * https://open.dingtalk.com/document/development/send-group-messages
 */
export async function sendChatMessage(
  context: Context,
  caller: Caller,
  { chatId, sender, msg }: ChatMessage,
  { path, idempotencyKey }: ChatCall,
): Promise<string> {
  const { corpId } = caller.organization;
  const group = await findOpenGroup(context, corpId, chatId);
  if (sender !== undefined) await checkSender(context, group, sender);
  const { kind, param, text } = parseChatMessage(msg);
  const content = idempotencyKey === undefined ? '' : hash('sha256', JSON.stringify([group.id, text]), 'base64url');
  const robot = toSender(caller);
  const given = { robot, kind: kind.number, param, userCodes: [], conversationId: group.id };
  const sent = await acceptAndDeliver(context, caller, given, { key: idempotencyKey, path, content });
  if (!sent) throw disbandedError(group);
  return context.seal.sealChatMessage(sent.key);
}

async function findOpenGroup(context: Context, corpId: number, chatId = ''): Promise<Conversation> {
  const { group } = await findGroupByChatId(context, corpId, chatId);
  if (!group) throw new OldHostError(34001, `the organization has no group ${chatId}`);
  if (group.disbandedAt !== null) throw disbandedError(group);
  return group;
}

const disbandedError = ({ chatId }: Conversation) => new OldHostError(34001, `the group ${chatId} was disbanded`);

async function checkSender(context: Context, { corpId, id }: Conversation, sender: string): Promise<void> {
  const userId = (await findUserIds(context, corpId, [sender])).ids.get(sender);
  if (userId !== undefined && (await context.store.conversations.isMember(corpId, id, userId))) return;
  throw new OldHostError(34002, `${sender} is not a member of the group`);
}

/** Returns an app as the sender of a message. It has no limits per user, and nobody can block it. */
function toSender({ app, organization: { corpId } }: Caller): Robot {
  const limits = { perUserPerMinute: 0, perUserPerDay: 0, unblockable: true, coolAppCode: null };
  return { corpId, id: groupSenderOf(app.id), code: '', name: '', appId: app.id, disabled: false, ...limits };
}

/** A page of the readers of a message, in the order of reading. `next` is undefined on the last page. */
export type ChatReaders = { readonly userIds: readonly string[]; readonly next: number | undefined };

/** A query for the readers of a message. `cursor` is 0 for the first page, and then that of the previous page. */
export type ReadersQuery = { readonly messageId: string; readonly cursor: number; readonly size: number };

/**
 * Returns a page of the members who have read a message that the caller's app has sent to a group. Members who read while
 * a caller pages come after those that were listed. Throws 40035 for the message, 40068 for the cursor, and 40069 for the
 * size.
 * https://open.dingtalk.com/document/development/queries-the-list-of-people-who-have-read-a-group
 */
export async function listChatReaders(
  context: Context,
  caller: Caller,
  { messageId, cursor, size }: ReadersQuery,
): Promise<ChatReaders> {
  const message = await findMessage(context, caller, messageId);
  if (cursor < 0) throw new OldHostError(40068, 'the cursor is negative');
  if (size < 1 || size > maxChatReaders) {
    throw new OldHostError(40069, `the size is not between 1 and ${maxChatReaders}`, { errmsg: '无效的大小' });
  }
  const { store } = context;
  const reads = await store.conversations.readers(message.corpId, message.messageId, cursor, size + 1);
  const page = reads.slice(0, size);
  const people = await store.contacts.ofUsers(
    message.corpId,
    page.map(({ userId }) => userId),
  );
  const codes = new Map(people.map(({ id, code }) => [id, code]));
  const userIds = page.flatMap(({ userId }) => codes.get(userId) ?? []);
  return { userIds, next: reads.length > size ? page.at(-1)?.seq : undefined };
}

async function findMessage({ seal, store }: Context, { app, organization }: Caller, text: string): Promise<Receipt> {
  const key = seal.openChatMessage(text);
  const isOwn = key?.corpId === organization.corpId && key.robotId === groupSenderOf(app.id);
  const receipt = isOwn ? await store.receipt(key.corpId, key.messageId) : undefined;
  // After the database is restored from a backup, message ids are reused.
  if (receipt && receipt.sentAt === key?.sentAt) return receipt;
  throw new OldHostError(40035, 'the app has sent no message with this messageId, or it has been removed');
}
