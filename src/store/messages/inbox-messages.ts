/** The messages of an inbox, apart from its entries. */
import { readNames } from '../conversations/conversations.ts';
import { queryByNumber, sqlByNumber } from '../engine/partitions.ts';
import { placeholders, type Work } from '../engine/sql.ts';
import type { InboxMessage } from '../model.ts';
import { findPeople } from '../people/users.ts';
import { readEmotions } from '../talk/emotions.ts';
import { personSender } from '../talk/speech.ts';

/** An entry of an inbox. */
export type Entry = { readonly offset: number; readonly messageId: number; readonly readAt: number | null };

/** The columns of a message that an inbox shows, apart from its content. */
export type Details = Pick<InboxMessage, 'messageId' | 'robotId' | 'kind' | 'sentAt' | 'recalledAt' | 'sender'> & {
  readonly conversationId: number | null;
  readonly personId: number | null;
  readonly quotedId: number | null;
};
type DetailsRow = [
  id: number,
  robotId: number,
  kind: number,
  sentAt: number,
  recalledAt: number | null,
  sender: number,
  conversationId: number | null,
  personId: number | null,
  quotedId: number | null,
];

// Messages are queried by number, apart from the entries: a join would look for each entry in all partitions.
const selectMessages = sqlByNumber<DetailsRow>(
  'select_inbox_messages',
  (count) =>
    `select id, robot_id, kind, sent_at, recalled_at, sender, conversation_id, person_id, quoted_id
     from messages{day $2} where corp_id = $1 and id in (${placeholders(2, count)})`,
);
const selectContents = sqlByNumber<[id: number, param: string]>(
  'select_inbox_contents',
  (count) =>
    `select message_id, param from contents{day $2} where corp_id = $1 and message_id in (${placeholders(2, count)})`,
);

/** Reads the details of messages, by number. Removed messages are missing. */
export function* readDetails(corpId: number, messageIds: readonly number[]): Work<ReadonlyMap<number, Details>> {
  const rows = yield* queryByNumber(selectMessages, corpId, messageIds);
  return new Map(
    rows.map(([messageId, robotId, kind, sentAt, recalledAt, sender, conversationId, personId, quotedId]) => {
      const details = { messageId, robotId, kind, sentAt, recalledAt, sender, conversationId, personId, quotedId };
      return [messageId, details];
    }),
  );
}

/** Reads the contents of messages, by number. Contents of recalled and removed messages are missing. */
export function* readContents(corpId: number, messageIds: readonly number[]): Work<ReadonlyMap<number, string>> {
  return new Map(yield* queryByNumber(selectContents, corpId, messageIds));
}

/**
 * What an inbox shows of messages apart from their rows: contents, quoted messages and emotions by message, and
 * conversations and people by number.
 */
type Shown = {
  readonly params: ReadonlyMap<number, string>;
  readonly conversations: ReadonlyMap<number, InboxMessage['conversation']>;
  readonly quoted: ReadonlyMap<number, Details>;
  readonly people: ReadonlyMap<number, NonNullable<InboxMessage['person']>>;
  readonly emotions: ReadonlyMap<number, InboxMessage['emotions']>;
};

/** Reads what an inbox shows of messages, apart from their rows. Of `others`, only the conversations are read. */
export function* readShown(corpId: number, messages: readonly Details[], others: readonly Details[] = []): Work<Shown> {
  const quotedIds = messages.flatMap(({ quotedId }) => quotedId ?? []);
  const quoted = quotedIds.length === 0 ? noDetails : yield* readDetails(corpId, quotedIds);
  const params = yield* readContents(
    corpId,
    [...messages, ...quoted.values()].map(({ messageId }) => messageId),
  );
  const conversationIds = [...messages, ...others].flatMap(({ conversationId }) => conversationId ?? []);
  const conversations = yield* readNames(corpId, conversationIds);
  const people = yield* readPeopleOf(corpId, [...messages, ...quoted.values()]);
  const ofPeople = messages.filter(({ sender }) => sender === personSender);
  const emotions = yield* readEmotions(
    corpId,
    ofPeople.map(({ messageId }) => messageId),
  );
  return { params, conversations, quoted, people, emotions };
}

const noDetails: ReadonlyMap<number, Details> = new Map();

/** Reads the people who have written messages, by number. Without such messages it runs no query. */
function* readPeopleOf(corpId: number, messages: readonly Details[]): Work<Shown['people']> {
  const ids = new Set(messages.flatMap(({ personId }) => personId ?? []));
  if (ids.size === 0) return new Map();
  return new Map((yield* findPeople(corpId, [...ids])).map(({ id, code, name }) => [id, { code, name }]));
}

export function toInboxMessage({ offset, readAt }: Entry, message: Details, shown: Shown): InboxMessage {
  const { messageId, robotId, kind, sentAt, recalledAt, sender, conversationId, personId, quotedId } = message;
  const param = shown.params.get(messageId) ?? null;
  const conversation = shown.conversations.get(conversationId ?? 0) ?? null;
  const person = shown.people.get(personId ?? 0) ?? null;
  const quoted = toQuoted(shown.quoted.get(quotedId ?? 0), shown);
  const emotions = shown.emotions.get(messageId) ?? noEmotions;
  const facts = { offset, messageId, robotId, kind, param, sentAt, readAt, recalledAt, sender, conversation };
  return { ...facts, person, quoted, emotions };
}

const noEmotions: InboxMessage['emotions'] = [];

function toQuoted(quoted: Details | undefined, { params, people }: Shown): InboxMessage['quoted'] {
  if (!quoted) return null;
  const { messageId, robotId, kind, recalledAt, sender, personId } = quoted;
  const param = params.get(messageId) ?? null;
  return { messageId, robotId, kind, recalledAt, sender, param, person: people.get(personId ?? 0) ?? null };
}

/** The details of a message that was removed. */
export const unknown: Details = {
  ...{ messageId: 0, robotId: 0, kind: 0, sentAt: 0, recalledAt: null, sender: 0 },
  ...{ conversationId: null, personId: null, quotedId: null },
};
