import { queryAmong, sqlAmong } from './engine/partitions.ts';
import { type Driver, queryRows, sql, type Work } from './engine/sql.ts';
import { type Delivery, messageStates, type Person, type ReadManner, type Receipt, readManners } from './model.ts';
import { directoryVersionColumn, peopleVersionColumn } from './versions.ts';

/**
 * The receipts of a message as they stand in its row, so that readStatus is one look-up by key: `recipients` lists the user ids in
 * the order of the send, `reads` has a slot of 8 characters for each. (Read from one row for each delivery, with a join for the
 * names, the same answer took 15 us instead of 3.)
 */

/** Width of a slot: milliseconds in base 36 reach 89 years. */
const slotWidth = 8;

const blank = ' '.repeat(slotWidth);

/** The column for a list of user ids. */
export function formatRecipients(userIds: readonly number[]): string {
  return userIds.join(',');
}

/** The column for the user ids of those who have blocked the robot; null for none. */
export function formatFiltered(userIds: readonly number[]): string | null {
  return userIds.length === 0 ? null : formatRecipients(userIds);
}

/** The user ids of the column. Digit by digit: splitting and converting took twice as long, for every receipt. */
export function parseRecipients(recipients: string): number[] {
  if (recipients === '') return [];
  const ids: number[] = [];
  let id = 0;
  for (let i = 0; i < recipients.length; i++) {
    const digit = recipients.charCodeAt(i) - zero;
    if (digit >= 0) id = id * 10 + digit;
    else {
      ids.push(id);
      id = 0;
    }
  }
  ids.push(id);
  return ids;
}

const zero = 48;

/** The column after the recipient at a position has read; times in epoch milliseconds. */
export function withRead(reads: string, recipients: string, position: number, sentAt: number, readAt: number): string {
  const slots = reads === '' ? blank.repeat(parseRecipients(recipients).length) : reads;
  const slot = Math.max(0, readAt - sentAt)
    .toString(36)
    .padStart(slotWidth);
  return slots.slice(0, position * slotWidth) + slot + slots.slice((position + 1) * slotWidth);
}

/** When the recipient at a position has read, in epoch milliseconds, or null. */
export function readAtOf(reads: string, position: number, sentAt: number): number | null {
  if (reads === '') return null;
  const slot = reads.slice(position * slotWidth, (position + 1) * slotWidth);
  return slot === blank ? null : sentAt + Number.parseInt(slot, 36);
}

/** The column of manners after the recipient at a position has read; a manner is stored as its first letter. */
export function withManner(
  manners: string | null,
  recipients: string,
  position: number,
  manner: ReadManner | undefined,
): string | null {
  if (manner === undefined) return manners;
  const slots = manners ?? ' '.repeat(parseRecipients(recipients).length);
  return slots.slice(0, position) + manner.charAt(0) + slots.slice(position + 1);
}

/** How the recipient at a position has read; null for an unread copy, and for a read from before manners were stored. */
export function mannerOf(manners: string | null, position: number): ReadManner | null {
  const letter = manners?.charAt(position);
  return readManners.find((manner) => manner.charAt(0) === letter) ?? null;
}

export type ReceiptRow = [
  robotId: number,
  kind: number,
  sentAt: number,
  state: number,
  recalledAt: number | null,
  recipients: string,
  reads: string,
];

const columns = 'robot_id, kind, sent_at, state, recalled_at, recipients, reads';

export const selectReceipt = sql<ReceiptRow>(
  'select_receipt',
  `select ${columns} from messages{day $2} where corp_id = $1 and id = $2`,
);

/** The user ids of a row, in the order of the send. */
export function recipientsOf([, , , , , recipients]: Readonly<ReceiptRow>): readonly number[] {
  return parseRecipients(recipients);
}

const selectReceiptsBefore = sql<[id: number, ...ReceiptRow]>(
  'select_receipts_before',
  `select id, ${columns} from messages where corp_id = $1 and id < $2 order by id desc limit $3`,
);

/** A message's row, with what a walk over messages needs of it. */
export type NumberedRow = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly row: Readonly<ReceiptRow>;
};

/** Returns the rows of messages, from the newest before a number to older ones. */
export function* receiptsBefore(corpId: number, before: number, limit: number): Work<readonly NumberedRow[]> {
  const rows = yield* queryRows(selectReceiptsBefore, corpId, before, limit);
  return rows.map(([messageId, ...row]) => {
    const [, , sentAt] = row;
    return { messageId, sentAt, row };
  });
}

// Each row has the versions, and there is a row with them alone if no message is found. A statement of its own for the versions would cost every
// readStatus on a shared database another bind and execute, and could not be sure to see the same state.
const selectReceipts = sqlAmong<[directory: number, people: number, id: number | null, ...ReceiptRow]>(
  'select_receipts',
  `select v.directory, v.people, id, ${columns}
   from messages{day $2}
   right join (select ${directoryVersionColumn} as directory, ${peopleVersionColumn} as people) v
     on corp_id = $1 and id {among $2}`,
);

/** Rows of messages by number, with the versions that the directory and the people had when they were read. */
type ReceiptsWithVersions = {
  readonly rows: ReadonlyMap<number, Readonly<ReceiptRow>>;
  readonly directory: number;
  readonly people: number;
};

/**
 * Reads rows of messages by number, with one statement for those of one day. Messages that are not stored are missing. For a shared database.
 */
export async function receiptsWithVersions(
  driver: Driver,
  corpId: number,
  messageIds: readonly number[],
): Promise<ReceiptsWithVersions> {
  const rows = new Map<number, Readonly<ReceiptRow>>();
  const newest = { directory: 0, people: 0 };
  for (const [directory, people, messageId, ...row] of await queryAmong(driver, selectReceipts, corpId, messageIds)) {
    newest.directory = Math.max(newest.directory, directory);
    newest.people = Math.max(newest.people, people);
    if (messageId !== null) rows.set(messageId, row);
  }
  return { rows, ...newest };
}

/**
 * Creates the receipt of a row and its people. Returns undefined if a recipient is not among the people.
 */
export function toReceipt(
  corpId: number,
  messageId: number,
  [robotId, kind, sentAt, state, recalledAt, recipients, reads]: Readonly<ReceiptRow>,
  people: { get(id: number): Person | undefined },
): Receipt | undefined {
  const deliveries: Delivery[] = [];
  const ids = parseRecipients(recipients);
  for (let position = 0; position < ids.length; position++) {
    const user = people.get(ids[position] ?? 0);
    if (user === undefined) return undefined;
    deliveries.push({ user, readAt: readAtOf(reads, position, sentAt) });
  }
  const name = messageStates[state] ?? 'queued';
  return { corpId, messageId, robotId, kind, sentAt, state: name, recalledAt, deliveries };
}
