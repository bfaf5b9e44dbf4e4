import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, type Row, sqlList, type Value, type Work } from '../engine/sql.ts';
import { arrival } from '../messages/messages.ts';
import { parseReadAt, parseRecipients } from '../messages/receipts.ts';
import { columnsOf } from '../move/dump.ts';
import { personSender } from '../talk/speech.ts';
import type { Problem } from './problems.ts';

/** Numbers in one statement. */
const maxNumbers = 128;

type MessageFacts = {
  readonly sentAt: number;
  readonly sender: number;
  readonly conversationId: number | null;
  readonly recalledAt: number | null;
  readonly recipients: string;
  readonly reads: string;
};

type FactsRow = [
  id: number,
  sentAt: number,
  sender: number,
  conversationId: number | null,
  recalledAt: number | null,
  recipients: string,
  reads: string,
];

// Without `{day}`, which would create the partition of a message that does not exist.
const selectFacts = sqlList<FactsRow>(
  'verify_messages',
  (count) =>
    `select id, sent_at, sender, conversation_id, recalled_at, recipients, reads from messages
     where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Compares rows that belong to messages with their messages. */
export function* findReceiptProblems(table: string, rows: readonly Row[]): Work<Problem[]> {
  if (table === 'messages') return rows.flatMap((row) => describe(table, row, findSlotProblem(row)));
  if (table !== 'contents' && table !== 'inbox') return [];
  const { messageAt, wrongOf } = comparisons[table];
  const problems: Problem[] = [];
  const compared = rows.filter((row) => table === 'contents' || row[inbox.event] === arrival);
  for (const [corpId, own] of Map.groupBy(compared, ([corpId]) => Number(corpId))) {
    const messages = yield* readMessages(corpId, [...new Set(own.map((row) => Number(row[messageAt])))]);
    for (const row of own) problems.push(...describe(table, row, wrongOf(row, messages.get(Number(row[messageAt])))));
  }
  return problems;
}

function describe(table: string, row: Row, wrong: string | undefined): Problem[] {
  return wrong === undefined ? [] : [{ check: 'receipts', table, row, wrong }];
}

function* readMessages(corpId: number, ids: readonly number[]): Work<ReadonlyMap<number, MessageFacts>> {
  const found = new Map<number, MessageFacts>();
  for (let at = 0; at < ids.length; at += maxNumbers) {
    const keys = padKeys(ids.slice(at, at + maxNumbers));
    for (const row of yield* queryRows(selectFacts(keys.length), corpId, ...keys)) {
      const [id, sentAt, sender, conversationId, recalledAt, recipients, reads] = row;
      found.set(id, { sentAt, sender, conversationId, recalledAt, recipients, reads });
    }
  }
  return found;
}

const inbox = findColumns('inbox', {
  user: 'user_id',
  event: 'event',
  message: 'message_id',
  position: 'position',
  readAt: 'read_at',
});
const contents = findColumns('contents', { message: 'message_id' });
const message = findColumns('messages', {
  state: 'state',
  deliveredAt: 'delivered_at',
  recipients: 'recipients',
  reads: 'reads',
  manners: 'manners',
});

function findColumns<K extends string>(table: string, names: Readonly<Record<K, string>>): Readonly<Record<K, number>> {
  const columns = columnsOf(table) ?? [];
  const found = Object.entries<string>(names).map(([key, column]) => [key, columns.indexOf(column)]);
  return Object.fromEntries(found) as Record<K, number>;
}

const comparisons = {
  contents: { messageAt: contents.message, wrongOf: findContentProblem },
  inbox: { messageAt: inbox.message, wrongOf: findCopyProblem },
};

function findContentProblem(_: Row, of: MessageFacts | undefined): string | undefined {
  if (!of) return 'message_id refers to nothing';
  return of.recalledAt === null ? undefined : 'the message was recalled, but its text is there';
}

/** Compares a recipient's copy with the receipt. Retention may have removed the message. */
function findCopyProblem(row: Row, of: MessageFacts | undefined): string | undefined {
  if (!of || of.conversationId !== null || of.sender === personSender) return undefined;
  const position = Number(row[inbox.position]);
  if (parseRecipients(of.recipients)[position] !== row[inbox.user]) return 'the user is not a recipient of the message';
  return parseReadAt(of.reads, position, of.sentAt) === row[inbox.readAt]
    ? undefined
    : 'read_at differs from the receipt of the message';
}

/** Characters for each recipient in `reads`. */
const slotWidth = 8;

/** Checks that the lists of a message have the same length, and that its state fits its times. */
function findSlotProblem(row: Row): string | undefined {
  const count = parseRecipients(text(row[message.recipients])).length;
  const [reads, manners] = [text(row[message.reads]), text(row[message.manners])];
  if (reads !== '' && reads.length !== count * slotWidth) return 'reads has not one slot for each recipient';
  if (manners !== '' && manners.length !== count) return 'manners has not one letter for each recipient';
  if (row[message.state] === delivered && row[message.deliveredAt] === null) return 'is delivered at no time';
  return undefined;
}

const text = (value: Value | undefined) => (value === null || value === undefined ? '' : String(value));

/** The value of `state` of a delivered message. */
const delivered = 2;
