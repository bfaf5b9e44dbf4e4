import type { ListedMessage, Walk } from '../../store/console/message-list.ts';
import type { OrganizationEvent } from '../../store/events.ts';
import type { Organization, Person } from '../../store/model.ts';
import { renderCsvField } from '../../wire/csv.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { parseCursor } from '../cursor.ts';
import { everybody } from '../events.ts';
import { refuseSeen } from '../operators/scope.ts';
import { robotFilter } from '../robots.ts';
import {
  findStart,
  formatPosition,
  getCursorFormat,
  name,
  type Page,
  readOperators,
  requireOrganization,
  scan,
  show,
} from './message-list.ts';
import type { Operator } from './operators.ts';
import { totalFound } from './totals.ts';

type Found = { readonly organization: Organization; readonly message: ListedMessage };

/** Returns a message with all recipients and its read curve. Throws `huizhi.notFound`. */
export async function getMessageDetail(context: Context, messageId: string) {
  // The sequence number is read before the message, so an event in between is delivered twice rather than never.
  const { organization } = openMessageId(context, messageId);
  const sequence = await context.store.operator.lastEvent(organization.corpId);
  const { message } = await findMessage(context, messageId);
  const recipients = await listRecipients(context, message);
  const reads = message.readAt.filter((at) => at !== null).sort((a, b) => a - b);
  return {
    ...show(context, organization, message, await readOperators(context, [message])),
    deliveredAt: message.deliveredAt,
    processQueryKey: context.seal.sealKey(message),
    recipients,
    filtered: await listFiltered(context, message),
    members: await countMembers(context, message),
    readCurve: [{ at: message.sentAt, reads: 0 }, ...reads.map((at, i) => ({ at, reads: i + 1 }))],
    sequence,
  };
}

/** Recalls a message of any age; only apps are limited to 24 hours. Recalling a message again changes nothing. */
export async function recallMessage(context: Context, operator: Operator, messageId: string) {
  const { organization, message } = await findMessage(context, messageId);
  const { corpId } = organization;
  if (message.recalledAt === null) {
    const at = context.clock.now();
    const change = {
      action: 'message.recall',
      target: messageId,
      was: { recalledAt: null },
      became: { recalledAt: at },
    };
    const entry = { corpId, at, actor: operator.actor, ...change };
    const touched = await context.store.operator.recall(corpId, message.messageId, at, entry);
    context.events.publish([...touched, { corpId, userId: everybody }]);
    // A message to a conversation is taken back from its members in steps.
    if (message.conversationId !== null) context.deliverer.deliver({ ...message, isRecalled: true });
  }
  return getMessageDetail(context, messageId);
}

/** Renders the recipients of a message as CSV, with a byte order mark, so that spreadsheet programs recognize UTF-8. */
export async function renderRecipientsCsv(context: Context, messageId: string): Promise<string> {
  const { message } = await findMessage(context, messageId);
  const iso = (at: number) => new Date(at).toISOString();
  const lines = (await listRecipients(context, message)).map(({ userId, name, readAt, manner, leftAt }) => {
    const status = leftAt === null ? (readAt === null ? 'UNREAD' : 'READ') : 'LEFT';
    const read = readAt === null ? ['', ''] : [iso(readAt), String((readAt - message.sentAt) / 1000)];
    const left = leftAt === null ? '' : iso(leftAt);
    return [userId, name, status, iso(message.sentAt), ...read, manner ?? '', left].map(renderCsvField).join(',');
  });
  return `\uFEFF${[csvHead, ...lines].join('\r\n')}\r\n`;
}

const csvHead = 'userId,name,status,sentAt,readAt,seconds,manner,leftAt';

export type UnreadFilter = { readonly corpId: string; readonly robotCode?: string; readonly minAge?: number };

/**
 * Lists unread deliveries of people who are still in the organization, with their age, newest message first. Scans
 * messages like `listMessages`.
 */
export async function listUnread(context: Context, filter: UnreadFilter, { limit, cursor }: Page) {
  const organization = requireOrganization(context, filter.corpId);
  const { corpId } = organization;
  const robotId = robotFilter(context, corpId, filter.robotCode);
  const operatorId = context.scope?.onlySentBy(corpId);
  const walk = chooseUnreadWalk(corpId, robotId, operatorId);
  const now = context.clock.now();
  const { start, skip } =
    cursor === undefined
      ? { start: findStart(walk, now - (filter.minAge ?? 0) + 1), skip: undefined }
      : openUnreadCursor(cursor, walk);
  const waiting: Waiting[] = [];
  const end = await scan(context, { walk, start, from: 0, stride: 50 }, (message) => {
    if (message.state !== 'delivered' || message.recalledAt !== null) return true;
    if (operatorId !== undefined && robotId !== 0 && message.robotId !== robotId) return true;
    for (const [position, at] of message.readAt.entries()) {
      const isListed = message.messageId === skip?.messageId && position < skip.positions;
      if (at === null && !isListed && !message.hasLeft[position]) waiting.push({ message, position });
    }
    return waiting.length < limit;
  });
  const next = waiting[limit];
  const more = end.more ? formatPosition(walk, end.position) : null;
  return {
    ...(cursor === undefined && { total: totalFound(waiting.length, end.more) }),
    unread: await toUnread(context, corpId, waiting.slice(0, limit), now),
    cursor: next ? formatPosition(walk, next.message.position, next.position) : more,
    scannedTo: end.scannedTo,
  };
}

function chooseUnreadWalk(corpId: number, robotId: number, operatorId: number | undefined): Walk {
  if (operatorId !== undefined) return { along: 'operator', corpId, operatorId };
  return robotId === 0 ? { along: 'all', corpId } : { along: 'robot', corpId, robotId };
}

/** A recipient who has not read a message, by their position in the send. */
type Waiting = { readonly message: ListedMessage; readonly position: number };

/**
 * Opens a cursor. A page may end in the middle of a message; the next page then starts with it and skips the recipients
 * already listed.
 */
function openUnreadCursor(cursor: string, walk: Walk) {
  const [at = 0, messageId = 0, positions] = parseCursor(cursor, getCursorFormat(walk, '(?:-(\\d{1,4}))?'));
  if (positions === undefined) return { start: [at, messageId] as const, skip: undefined };
  return { start: [at, messageId + 1] as const, skip: { messageId, positions } };
}

async function toUnread(context: Context, corpId: number, waiting: readonly Waiting[], now: number) {
  const ids = waiting.map(({ message, position }) => message.userIds[position] ?? 0);
  const people = await findPeople(context, corpId, new Set(ids));
  return waiting.map(({ message }, i) => {
    const user = people.get(ids[i] ?? 0);
    const person = { userId: user?.code ?? '', name: user?.name ?? '' };
    const waiting = Math.max(0, now - message.sentAt);
    return { ...name(context, corpId, message), msgParam: message.param, ...person, waiting };
  });
}

async function listRecipients(context: Context, { corpId, userIds, readAt, manners }: ListedMessage) {
  const people = await findPeople(context, corpId, new Set(userIds));
  return userIds.map((id, position) => {
    const user = people.get(id);
    const person = { userId: user?.code ?? '', name: user?.name ?? '', leftAt: user?.leftAt ?? null };
    return { ...person, readAt: readAt[position] ?? null, manner: manners[position] ?? null };
  });
}

/**
 * Counts those who should get a message to a conversation, or who got a work notice so far, and those who have read it;
 * null for a message to users.
 */
async function countMembers({ store }: Context, { corpId, messageId, conversationId }: ListedMessage) {
  const counts = conversationId !== null && (await store.conversations.counts(corpId, messageId));
  return counts ? { memberCount: counts.recipients, readCount: counts.readers } : null;
}

async function listFiltered(context: Context, { corpId, filteredIds }: ListedMessage) {
  const people = await findPeople(context, corpId, new Set(filteredIds));
  return filteredIds.map((id) => ({ userId: people.get(id)?.code ?? '', name: people.get(id)?.name ?? '' }));
}

/** Loads users by number, in batches, because a statement has a limited number of parameters. */
export async function findPeople(
  { store }: Context,
  corpId: number,
  ids: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Person>> {
  const all = [...ids];
  const found = new Map<number, Person>();
  for (let at = 0; at < all.length; at += 100) {
    for (const person of await store.operator.people(corpId, all.slice(at, at + 100))) found.set(person.id, person);
  }
  return found;
}

function openMessageId(context: Context, messageId: string) {
  const { seal, directory } = context;
  const pair = seal.openPair('message', messageId);
  const organization = pair && directory.now.organizationOf(pair.corpId);
  if (organization) return { organization, id: pair.id };
  refuseSeen(context, pair?.corpId);
  throw huizhiError('huizhi.notFound', `no message ${messageId}`);
}

/**
 * Finds a message by the id that the console shows. Throws `huizhi.notFound`, also for a message that another operator
 * has sent, if the role sees only own messages.
 */
export async function findMessage(context: Context, messageId: string): Promise<Found> {
  const { organization, id } = openMessageId(context, messageId);
  const { corpId } = organization;
  const message = await context.store.operator.message(corpId, id);
  const onlySentBy = context.scope?.onlySentBy(corpId);
  if (!message || (onlySentBy !== undefined && message.operatorId !== onlySentBy))
    throw huizhiError('huizhi.notFound', `no message ${messageId}`);
  return { organization, message };
}

/** Returns the number of a message of an organization. Throws like `findMessage`. */
export async function findMessageNumber(
  context: Context,
  { corpId }: Organization,
  messageId: string,
): Promise<number> {
  const { organization, id } = openMessageId(context, messageId);
  if (organization.corpId !== corpId) throw huizhiError('huizhi.notFound', `no message ${messageId} there`);
  if (context.scope?.onlySentBy(corpId) !== undefined) await findMessage(context, messageId);
  return id;
}

/** Returns the events that the scope shows: all, or those of messages that the operator has sent. */
export async function selectVisible(
  { scope, store }: Context,
  corpId: number,
  events: readonly OrganizationEvent[],
): Promise<readonly OrganizationEvent[]> {
  const operatorId = scope?.onlySentBy(corpId);
  if (operatorId === undefined) return events;
  const ids = events.flatMap(({ messageId }) => (messageId === 0 ? [] : [messageId]));
  const own = await store.operator.messagesSentBy(corpId, ids, operatorId);
  return events.filter(({ messageId }) => own.has(messageId));
}

/** The number of events that one call scans for those of one message, which takes a few milliseconds. */
const eventStride = 10_000;

/**
 * Returns the events of an organization, or of one message, after a sequence number or position. `last` is the position
 * to continue after; `isAll` says whether there are no more events.
 */
export async function listOrganizationEvents(
  context: Context,
  { corpId }: Organization,
  after: number,
  messageId: number | undefined,
  limit: number,
) {
  const { operator } = context.store;
  if (messageId !== undefined) {
    const { events, to, isAll } = await operator.eventsOfMessage(corpId, messageId, after, eventStride);
    return { events: await renderEvents(context, corpId, events), last: to, isAll };
  }
  const events = await operator.eventsSince(corpId, after, limit);
  const last = events.at(-1)?.offset ?? after;
  const visible = await selectVisible(context, corpId, events);
  return { events: await renderEvents(context, corpId, visible), last, isAll: events.length < limit };
}

async function renderEvents(context: Context, corpId: number, events: readonly OrganizationEvent[]) {
  const people = await findPeople(context, corpId, new Set(events.flatMap(({ userId }) => userId ?? [])));
  return events.map((each) => {
    const user = each.userId === undefined ? undefined : people.get(each.userId);
    const messageId = each.messageId === 0 ? null : context.seal.sealPair('message', corpId, each.messageId);
    const data = { messageId, at: each.at };
    return {
      seq: each.seq,
      position: each.offset,
      event: each.event,
      data: user ? { ...data, userId: user.code, name: user.name, manner: each.manner } : data,
    };
  });
}
