import type { ListedMessage } from '../store/message-list.ts';
import type { Organization, Person } from '../store/model.ts';
import type { Context } from './context.ts';
import { everybody } from './events.ts';
import {
  name,
  notFound,
  openCursor,
  organizationOf,
  type Page,
  scan,
  sealCursor,
  show,
  startOf,
} from './message-list.ts';
import type { Operator } from './operators.ts';

type Found = { readonly organization: Organization; readonly message: ListedMessage };

/** A message with every recipient, and how its reads came in. Throws `huizhi.notFound`. */
export async function messageDetail(context: Context, messageId: string) {
  // The number is read before the message: what happens between the two is told once more rather than not at all.
  const { organization } = openMessageId(context, messageId);
  const sequence = await context.store.operator.lastEvent(organization.corpId);
  const { message } = await findMessage(context, messageId);
  const recipients = await recipientsOf(context, message);
  const reads = message.readAt.filter((at) => at !== null).sort((a, b) => a - b);
  return {
    ...show(context, organization, message),
    deliveredAt: message.deliveredAt,
    processQueryKey: context.seal.sealKey(message),
    recipients,
    readCurve: [{ at: message.sentAt, reads: 0 }, ...reads.map((at, i) => ({ at, reads: i + 1 }))],
    sequence,
  };
}

/** Recalls a message at whatever age; what an app may do within 24 hours an operator may always. Recalling again changes nothing. */
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
    context.events.touch([...touched, { corpId, userId: everybody }]);
  }
  return messageDetail(context, messageId);
}

/** Recipients as lines of CSV, with a mark of byte order, by which spreadsheets know that it is UTF-8. */
export async function recipientsCsv(context: Context, messageId: string): Promise<string> {
  const { message } = await findMessage(context, messageId);
  const iso = (at: number) => new Date(at).toISOString();
  const lines = (await recipientsOf(context, message)).map(({ userId, name, readAt }) => {
    const read = readAt === null ? ['UNREAD', iso(message.sentAt), '', ''] : readFields(message.sentAt, readAt);
    return [userId, name, ...read].map(csvField).join(',');
  });
  return `\uFEFF${['userId,name,status,sentAt,readAt,seconds', ...lines].join('\r\n')}\r\n`;
}

function readFields(sentAt: number, readAt: number): readonly string[] {
  const seconds = String((readAt - sentAt) / 1000);
  return ['READ', new Date(sentAt).toISOString(), new Date(readAt).toISOString(), seconds];
}

/** A spreadsheet takes what begins like a formula for one, in Chinese ones also in full width; an apostrophe makes it text. */
function csvField(text: string): string {
  const plain = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export type UnreadFilter = { readonly corpId: string; readonly robotCode?: string; readonly minAge?: number };

/** Who has not read which message and for how long already, the newest message first; one walk as for lists of messages. */
export async function listUnread(context: Context, filter: UnreadFilter, { limit, cursor }: Page) {
  const organization = organizationOf(context, filter.corpId);
  const { corpId } = organization;
  const robotId = filter.robotCode === undefined ? 0 : (context.directory.now.robot(filter.robotCode)?.id ?? -1);
  const walk = robotId === 0 ? ({ along: 'all', corpId } as const) : ({ along: 'robot', corpId, robotId } as const);
  const now = context.clock.now();
  const start = cursor === undefined ? startOf(walk, now - (filter.minAge ?? 0) + 1) : openCursor(cursor, walk);
  const waiting: ListedMessage[] = [];
  let people = 0;
  const end = await scan(context, { walk, start, from: 0, stride: 50 }, (message) => {
    const unread = message.readAt.filter((at) => at === null).length;
    if (message.state !== 'delivered' || message.recalledAt !== null || unread === 0) return true;
    waiting.push(message);
    people += unread;
    return people < limit;
  });
  return {
    unread: await unreadOf(context, corpId, waiting, now),
    cursor: end.more ? sealCursor(walk, end.place) : null,
    scannedTo: end.scannedTo,
  };
}

async function unreadOf(context: Context, corpId: number, messages: readonly ListedMessage[], now: number) {
  const people = await peopleOf(context, corpId, new Set(messages.flatMap((message) => message.userIds)));
  return messages.flatMap((message) => {
    const own = name(context, corpId, message);
    const waiting = Math.max(0, now - message.sentAt);
    return message.userIds.flatMap((id, position) => {
      if (message.readAt[position] !== null) return [];
      const user = people.get(id);
      return [{ ...own, userId: user?.code ?? '', name: user?.name ?? '', waiting }];
    });
  });
}

async function recipientsOf(context: Context, { corpId, userIds, readAt }: ListedMessage) {
  const people = await peopleOf(context, corpId, new Set(userIds));
  return userIds.map((id, position) => {
    const user = people.get(id);
    return { userId: user?.code ?? '', name: user?.name ?? '', readAt: readAt[position] ?? null };
  });
}

/** People by number. Asked in pieces, since a statement takes a limited number of values. */
export async function peopleOf(
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

function openMessageId({ seal, directory }: Context, messageId: string) {
  const pair = seal.openPair('message', messageId);
  const organization = pair && directory.now.organizationOf(pair.corpId);
  if (!organization) throw notFound(`no message ${messageId}`);
  return { organization, id: pair.id };
}

async function findMessage(context: Context, messageId: string): Promise<Found> {
  const { organization, id } = openMessageId(context, messageId);
  const message = await context.store.operator.message(organization.corpId, id);
  if (!message) throw notFound(`no message ${messageId}`);
  return { organization, message };
}

/** What happened in an organization after a number, of one message or of all; `last` is the number that was reached. */
export async function organizationEvents(
  context: Context,
  { corpId }: Organization,
  seq: number,
  messageId: string | undefined,
  limit: number,
) {
  const events = await context.store.operator.eventsSince(corpId, seq, limit);
  const people = await peopleOf(context, corpId, new Set(events.flatMap(({ userId }) => userId ?? [])));
  const shown = events.map((each) => {
    const user = each.userId === undefined ? undefined : people.get(each.userId);
    const data = { messageId: context.seal.sealPair('message', corpId, each.messageId), at: each.at };
    return { seq: each.seq, event: each.event, data: user ? { ...data, userId: user.code, name: user.name } : data };
  });
  const wanted = messageId === undefined ? shown : shown.filter(({ data }) => data.messageId === messageId);
  return { events: wanted, last: events.at(-1)?.seq ?? seq, isAll: events.length < limit };
}
