/** Who has read a message to a conversation, and who has not, for operators. */
import type { NonReader } from '../../store/conversations/non-readers.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { findMessage, findPeople } from './message-detail.ts';
import type { Page } from './message-list.ts';

const cursorForm = /^([1-9]\d{0,15})$/;

const parseAfter = (cursor: string | undefined) => {
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, cursorForm);
  return after;
};

/**
 * Lists who has read a message to a conversation, in the order of reading: nobody is listed twice or missed while
 * people go on reading. Throws `huizhi.notFound`, and `huizhi.conflict` for a message to users.
 */
export async function listReaders(context: Context, messageId: string, { limit, cursor }: Page) {
  const { corpId, number } = await findConversationMessage(context, messageId);
  const found = await context.store.conversations.readers(corpId, number, parseAfter(cursor), limit + 1);
  const page = found.slice(0, limit);
  const show = await describe(context, corpId, page);
  const readers = page.map(({ userId, readAt, manner }) => ({ ...show(userId), readAt, manner }));
  const last = page.at(-1);
  return { readers, cursor: last && found.length > limit ? formatCursor(last.seq) : null };
}

/**
 * Maximum number of recipients that one call examines, and how many in one step. Other requests can run between steps.
 */
const mostLooked = 1000;
const stride = 250;

/**
 * Lists who got a message to a conversation and has not read it, in the order in which the users were created. A call
 * looks at a limited number of recipients, so a page can be short or empty although there is a next one. Throws
 * `huizhi.notFound`, and `huizhi.conflict` for a message to users.
 */
export async function listNonReaders(context: Context, messageId: string, { limit, cursor }: Page) {
  const { corpId, number } = await findConversationMessage(context, messageId);
  const { users, next } = await findNonReaders(context, corpId, number, parseAfter(cursor), limit);
  const show = await describe(context, corpId, users);
  const nonReaders = users.map(({ userId, isDelivered }) => ({ ...show(userId), delivered: isDelivered }));
  return { nonReaders, cursor: next === null ? null : formatCursor(next) };
}

async function findNonReaders({ store }: Context, corpId: number, message: number, after: number, limit: number) {
  const users: NonReader[] = [];
  let position = after;
  for (let looked = 0; looked < mostLooked; looked += stride) {
    const found = await store.conversations.nonReaders(corpId, message, position, stride);
    users.push(...found.users);
    if (users.length > limit) return { users: users.slice(0, limit), next: users[limit - 1]?.userId ?? null };
    if (found.isAll) return { users, next: null };
    position = found.to;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { users, next: position };
}

async function findConversationMessage(context: Context, messageId: string) {
  const { organization, message } = await findMessage(context, messageId);
  if (message.conversationId !== null) return { corpId: organization.corpId, number: message.messageId };
  throw huizhiError('huizhi.conflict', 'the message was sent to users, and lists its recipients itself');
}

async function describe(context: Context, corpId: number, users: readonly { readonly userId: number }[]) {
  const people = await findPeople(context, corpId, new Set(users.map(({ userId }) => userId)));
  return (userId: number) => {
    const person = people.get(userId);
    return { userId: person?.code ?? '', name: person?.name ?? '', leftAt: person?.leftAt ?? null };
  };
}
