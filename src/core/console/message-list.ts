import type { ListedMessage, Position, Walk } from '../../store/console/message-list.ts';
import type { Organization, Robot } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { cardKind, findKindByNumber } from '../../wire/vendor/messages.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { describeSender } from '../notices/sender.ts';
import { toTaskId } from '../notices/tasks.ts';
import { refuseSeen } from '../operators/scope.ts';
import { robotFilter } from '../robots.ts';
import { fold } from '../search/fold.ts';
import { type Total, totalFound, totalOf } from './totals.ts';

export type { Organization } from '../../store/model.ts';

/** The filters of the message list; times are epoch milliseconds. */
export type MessageFilter = {
  readonly corpId: string;
  readonly robotCode?: string;
  readonly userId?: string;
  readonly sentTo?: Audience;
  readonly openConversationId?: string;
  readonly status?: MessageStatus;
  readonly read?: 'all' | 'some-unread';
  readonly from?: number;
  readonly to?: number;
  readonly text?: string;
  /** The operatorId of who has sent it in the console. */
  readonly operatorId?: string;
};

/** A filter with the number of the operator: the one of the filter, or the only one whose messages the scope shows. */
type OwnFilter = MessageFilter & { readonly sentBy: number | undefined };

export type ConversationKind = 'group' | 'private';

/** Whom messages are sent to; `webhook`: to groups, by custom robots; `card`: to those who see an interactive card. */
type Audience = 'users' | ConversationKind | 'webhook' | 'notice' | 'card';

/** The senders of the audiences that have their own. */
const senders = { webhook: 'customRobot', notice: 'notice' } as const;

const hasSender = (sentTo: Audience): sentTo is keyof typeof senders => sentTo in senders;

/** Whether a walk visits the messages to one audience only. */
const isOfAudience = (along: Walk['along']) => along === 'sender' || along === 'card';

export type MessageStatus = 'processing' | 'success' | 'recalled' | 'unknown';

export type Page = { readonly limit: number; readonly cursor?: string };

/** The maximum number of messages that one call scans, and the batch size; other requests run between batches. */
const budget = 1000;
const stride = 250;

/** The share of the budget that a message uses up; more for a long text, which takes longer to search. */
const estimateCost = ({ param }: ListedMessage) => 1 + Math.floor((param?.length ?? 0) / 2000);

/**
 * Returns a page of messages, newest first. It scans the index that fits the filter best and skips messages that do not
 * match. A call ends after a bounded number of messages, even if few of them match, and the cursor continues there.
 * This keeps every call short without a full-text index, which would differ between the engines.
 */
export async function listMessages(context: Context, given: MessageFilter, { limit, cursor }: Page) {
  const organization = requireOrganization(context, given.corpId);
  const filter = { ...given, sentBy: await findSender(context, organization, given.operatorId) };
  // The sequence number is read before the messages, so an event in between is delivered twice rather than never.
  const sequence = await context.store.operator.lastEvent(organization.corpId);
  const walk = await chooseWalk(context, organization, filter);
  const fits = createMatcher(context, organization, filter);
  const start = cursor === undefined ? findStart(walk, filter.to) : parsePosition(cursor, walk);
  const found: ListedMessage[] = [];
  const end = await scan(
    context,
    { walk, start, from: filter.from ?? 0, stride: chooseStride(walk, filter, limit) },
    (message) => {
      if (fits(message)) found.push(message);
      return found.length < limit;
    },
  );
  const operators = await readOperators(context, found);
  const first = cursor === undefined && { total: await countList(context, walk, filter, found.length, end.more) };
  return {
    ...first,
    messages: found.map((message) => show(context, organization, message, operators)),
    cursor: end.more ? formatPosition(walk, end.position) : null,
    scannedTo: end.scannedTo,
    sequence,
  };
}

/**
 * Counts by the index if it covers the whole filter; otherwise the number of messages on the first page is a lower
 * bound.
 */
async function countList(
  { store }: Context,
  walk: Walk,
  filter: OwnFilter,
  found: number,
  hasMore: boolean,
): Promise<Total> {
  if (!hasMore || !isAnsweredByIndex(walk, filter)) return totalFound(found, hasMore);
  return totalOf(await store.operator.totalOfWalk(walk, filter.from ?? 0, filter.to ?? Number.MAX_SAFE_INTEGER));
}

/** Whether a walk visits exactly the messages that match the filter. */
function isAnsweredByIndex({ along }: Walk, filter: OwnFilter): boolean {
  const { read, text, status, robotCode, sentTo, openConversationId, from, to, sentBy } = filter;
  if (read !== undefined || text !== undefined) return false;
  if (sentBy !== undefined && along !== 'operator') return false;
  if (along === 'operator') return [robotCode, status, sentTo, openConversationId].every((one) => one === undefined);
  if (isOfAudience(along)) return robotCode === undefined && status === undefined;
  if (sentTo !== undefined) return false;
  if (along === 'conversation') return status === undefined && robotCode === undefined;
  if (openConversationId !== undefined) return false;
  if (along === 'user')
    return status === undefined && robotCode === undefined && from === undefined && to === undefined;
  if (along === 'recalled') return robotCode === undefined;
  return status === undefined;
}

/**
 * The batch size. If the index covers the whole filter, one page (and one row to see whether there are more) is enough.
 */
function chooseStride({ along }: Walk, filter: OwnFilter, limit: number): number {
  const { read, status, text, userId, robotCode, sentTo, openConversationId, sentBy } = filter;
  const isNarrow = userId !== undefined || openConversationId !== undefined || along === 'operator';
  const picks =
    read ??
    text ??
    (isOfAudience(along) ? undefined : sentTo) ??
    (userId && openConversationId) ??
    (along === 'operator' ? undefined : sentBy) ??
    (isNarrow ? (status ?? robotCode) : undefined) ??
    (status === 'success' ? status : undefined);
  return picks === undefined ? limit + 1 : stride;
}

type Scan = { readonly walk: Walk; readonly start: Position; readonly from: number; readonly stride: number };

/**
 * Scans a walk until the callback returns false, the walk ends, or the budget is used up. `more` says whether there may
 * be messages after `position`.
 */
export async function scan(
  { store }: Context,
  { walk, start, from, stride: step }: Scan,
  visit: (message: ListedMessage) => boolean,
): Promise<{ readonly more: boolean; readonly position: Position; readonly scannedTo: number | null }> {
  let position = start;
  let scannedTo: number | null = null;
  for (let looked = 0; looked < budget; ) {
    const rows = await store.operator.messagesBefore(walk, position, from, step);
    for (const [i, row] of rows.entries()) {
      position = row.position;
      scannedTo = row.sentAt;
      looked += estimateCost(row);
      if (!visit(row)) return { more: i < rows.length - 1 || rows.length === step, position, scannedTo };
    }
    if (rows.length < step) return { more: false, position, scannedTo };
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { more: true, position, scannedTo };
}

async function chooseWalk(context: Context, { corpId, code }: Organization, filter: OwnFilter): Promise<Walk> {
  const { store } = context;
  if (filter.userId !== undefined) {
    // Removed users are found, too: their messages stay on record.
    const userId = await store.operator.userNumber(corpId, filter.userId);
    if (userId === undefined) throw huizhiError('huizhi.notFound', `no user ${filter.userId} in ${code}`);
    return { along: 'user', corpId, userId };
  }
  if (filter.openConversationId !== undefined) {
    const known = await store.conversations.byOpenId(filter.openConversationId);
    const conversationId = known.find((one) => one.corpId === corpId)?.id;
    if (conversationId === undefined)
      throw huizhiError('huizhi.notFound', `no conversation ${filter.openConversationId} in ${code}`);
    return { along: 'conversation', corpId, conversationId };
  }
  if (filter.sentBy !== undefined) return { along: 'operator', corpId, operatorId: filter.sentBy };
  if (filter.status === 'processing' || filter.status === 'unknown') return { along: 'pending', corpId };
  if (filter.status === 'recalled') return { along: 'recalled', corpId };
  if (filter.robotCode !== undefined)
    return { along: 'robot', corpId, robotId: robotFilter(context, corpId, filter.robotCode) };
  if (filter.sentTo === 'card') return { along: 'card', corpId };
  if (filter.sentTo !== undefined && hasSender(filter.sentTo))
    return { along: 'sender', corpId, sender: senders[filter.sentTo] };
  return { along: 'all', corpId };
}

/**
 * Returns the number of the operator whose messages a list has: of the one with a code, or of the only one whose
 * messages the scope shows. Throws `huizhi.notFound`.
 */
async function findSender(
  { store, scope }: Context,
  { corpId }: Organization,
  operatorCode: string | undefined,
): Promise<number | undefined> {
  const onlySentBy = scope?.onlySentBy(corpId);
  if (operatorCode === undefined) return onlySentBy;
  const operator = await store.accounts.byCode(operatorCode);
  if (operator && (onlySentBy === undefined || operator.id === onlySentBy)) return operator.id;
  throw huizhiError('huizhi.notFound', `no operator ${operatorCode}`);
}

function createMatcher(context: Context, { corpId }: Organization, filter: OwnFilter) {
  const { status, read, sentTo, openConversationId, from = 0, to = Number.MAX_SAFE_INTEGER } = filter;
  const robotId = robotFilter(context, corpId, filter.robotCode);
  const text = filter.text === undefined ? undefined : fold(filter.text);
  return (message: ListedMessage) =>
    message.corpId === corpId &&
    message.sentAt >= from &&
    message.sentAt < to &&
    (robotId === 0 || message.robotId === robotId) &&
    (filter.sentBy === undefined || message.operatorId === filter.sentBy) &&
    (status === undefined || toStatus(message) === status) &&
    (sentTo === undefined || isSentTo(message, sentTo)) &&
    (openConversationId === undefined || message.conversation?.openId === openConversationId) &&
    (read === undefined || isRead(message, read)) &&
    (text === undefined || contains(message.param, text));
}

function isSentTo({ sender, kind, conversationId, conversation }: ListedMessage, audience: Audience): boolean {
  if (audience === 'card') return kind === cardKind.number;
  if (hasSender(audience)) return sender === senders[audience];
  if (audience === 'users') return conversationId === null;
  return conversation !== null && showConversation(conversation).kind === audience;
}

/** Whether a message is read by all, or not. A message to a conversation is neither: its reads are not in its row. */
const isRead = (message: ListedMessage, read: 'all' | 'some-unread') =>
  message.conversationId === null && (read === 'all') === isReadByAll(message);

/** Whether all recipients who are still in the organization have read the message. */
const isReadByAll = ({ readAt, hasLeft }: ListedMessage) => readAt.every((at, i) => at !== null || hasLeft[i]);

/** Whether a message contains a text, searched in its decoded values, because the JSON may escape characters. */
function contains(param: string | null, text: string): boolean {
  if (param === null) return false;
  if (!param.includes('\\') && !fold(param).includes(text)) return false;
  return hasText(JSON.parse(param), text);
}

function hasText(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => hasText(one, text));
  return fold(String(value)).includes(text);
}

const last = Number.MAX_SAFE_INTEGER;

function parsePosition(cursor: string, walk: Walk): Position {
  const [first = 0, second = 0] = parseCursor(cursor, getCursorFormat(walk));
  return [first, second];
}

/** The position at which a walk of messages sent before `to` starts. */
export function findStart(walk: Walk, to: number | undefined): Position {
  return walk.along === 'user' || to === undefined ? [last, 0] : [to, 0];
}

/** Cursors contain the kind of walk, because positions of different kinds are not interchangeable. */
const getPrefix = ({ along }: Walk) => (along === 'user' ? 'u' : 't');

/** The cursor after a position, or after some recipients of the message there. */
export function formatPosition(walk: Walk, position: Position, ...positions: readonly number[]): string {
  return formatCursor(getPrefix(walk), ...position, ...positions);
}

/** Returns the pattern that the cursors of a walk match. `rest` is a pattern for text after the position. */
export function getCursorFormat(walk: Walk, rest = ''): RegExp {
  return new RegExp(`^${getPrefix(walk)}-(\\d{1,16})-(\\d{1,16})${rest}$`);
}

/** Returns the delivery status of a message. */
function toStatus({ state, recalledAt }: ListedMessage): MessageStatus {
  if (recalledAt !== null) return 'recalled';
  if (state === 'delivered') return 'success';
  return state === 'queued' ? 'processing' : 'unknown';
}

type OperatorNames = Awaited<ReturnType<Context['store']['accounts']['names']>>;

/** Reads the names of the operators who have sent messages in the console. */
export async function readOperators({ store }: Context, messages: readonly ListedMessage[]): Promise<OperatorNames> {
  return store.accounts.names(messages.flatMap(({ operatorId }) => operatorId ?? []));
}

/** Returns a message in the form of the list. */
export function show(
  context: Context,
  { corpId, code }: Organization,
  message: ListedMessage,
  operators: OperatorNames,
) {
  const operator = operators.get(message.operatorId ?? 0);
  return {
    ...name(context, corpId, message),
    corpId: code,
    sender: message.sender,
    operator: operator ? { operatorId: operator.code, name: operator.name } : null,
    taskId: message.sender === 'notice' ? toTaskId(message.messageId) : null,
    msgParam: message.param,
    recalledAt: message.recalledAt,
    status: toStatus(message),
    ...countRecipients(message),
    conversation: message.conversation && showConversation(message.conversation),
  };
}

function showConversation({ openId, title, isGroup }: NonNullable<ListedMessage['conversation']>) {
  const kind: ConversationKind = isGroup ? 'group' : 'private';
  return { openConversationId: openId, title, kind };
}

/**
 * Counts recipients: all, those still in the organization, and those who have left; for the first two also the readers.
 */
function countRecipients({ readAt, hasLeft }: ListedMessage) {
  const present = readAt.filter((_, i) => !hasLeft[i]);
  const readers = (times: readonly (number | null)[]) => times.filter((at) => at !== null).length;
  return {
    recipientCount: readAt.length,
    readCount: readers(readAt),
    presentCount: present.length,
    presentReadCount: readers(present),
    leftCount: readAt.length - present.length,
  };
}

/** Returns the fields that identify a message: its id, robot, kind and send time. */
export function name(context: Context, corpId: number, message: ListedMessage) {
  const robot: Robot | undefined = context.directory.now.robotOf(message.robotId);
  const sender = robot ?? describeSender(context, corpId, message.robotId);
  return {
    messageId: context.seal.sealPair('message', corpId, message.messageId),
    robotCode: sender.code,
    robotName: sender.name,
    msgKey: findKindByNumber(message.kind).msgKey,
    sentAt: message.sentAt,
  };
}

/** Returns the organization with a code. Throws `huizhi.notFound`, also for one outside of the scope. */
export function requireOrganization(context: Context, code: string): Organization {
  const organization = context.directory.now.organization(code);
  if (organization) return organization;
  refuseSeen(context, context.directory.whole.organization(code)?.corpId);
  throw huizhiError('huizhi.notFound', `no organization ${code}`);
}
