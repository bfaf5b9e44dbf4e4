import { queryAmong, sqlAmong } from '../engine/partitions.ts';
import { type Driver, queryRows, sql, type Work } from '../engine/sql.ts';
import { type Delivery, messageStates, type Person, type ReadManner, type Receipt, readManners } from '../model.ts';
import { directoryVersionColumn, peopleVersionColumn } from '../versions.ts';

/**
 * How the row of a message stores its receipt, so that readStatus needs one lookup by primary key. `recipients` is a
 * list of the user ids in the order of the send. `reads` has 8 characters for each recipient. (With one row for each
 * delivery, and a join for the names, a receipt took 15 us instead of 3 us.)
 */

/** Characters for each recipient in `reads`: 8 digits of milliseconds in base 36 are 89 years. */
const slotWidth = 8;

const blank = ' '.repeat(slotWidth);

/** Renders the column `recipients`. */
export function formatRecipients(userIds: readonly number[]): string {
  return userIds.join(',');
}

/** Renders the column `filtered`, the users who have blocked the robot; null for none. */
export function formatFiltered(userIds: readonly number[]): string | null {
  return userIds.length === 0 ? null : formatRecipients(userIds);
}

/**
 * Parses the column `recipients`. Parsing digit by digit takes half the time of `split` and `Number`, which counts for
 * every receipt.
 */
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

/** Renders the column `reads` after the recipient at a position has read. Times are epoch milliseconds. */
export function renderReads(
  reads: string,
  recipients: string,
  position: number,
  sentAt: number,
  readAt: number,
): string {
  const slots = reads === '' ? blank.repeat(parseRecipients(recipients).length) : reads;
  const slot = Math.max(0, readAt - sentAt)
    .toString(36)
    .padStart(slotWidth);
  return slots.slice(0, position * slotWidth) + slot + slots.slice((position + 1) * slotWidth);
}

/** Parses when the recipient at a position has read, in epoch milliseconds; null if unread. */
export function parseReadAt(reads: string, position: number, sentAt: number): number | null {
  if (reads === '') return null;
  const slot = reads.slice(position * slotWidth, (position + 1) * slotWidth);
  return slot === blank ? null : sentAt + Number.parseInt(slot, 36);
}

/** Renders the column `manners` after the recipient at a position has read. A manner is stored as its first letter. */
export function renderManners(
  manners: string | null,
  recipients: string,
  position: number,
  manner: ReadManner | undefined,
): string | null {
  if (manner === undefined) return manners;
  const slots = manners ?? ' '.repeat(parseRecipients(recipients).length);
  return slots.slice(0, position) + manner.charAt(0) + slots.slice(position + 1);
}

/** Parses how the recipient at a position has read; null if unread, or if it was read before manners were stored. */
export function parseManner(manners: string | null, position: number): ReadManner | null {
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
  conversationId: number | null,
];

/** A row that begins with the columns of a receipt. */
export type MessageRow = [...ReceiptRow, ...unknown[]];

const columns = 'robot_id, kind, sent_at, state, recalled_at, recipients, reads, conversation_id';

export const selectReceipt = sql<ReceiptRow>(
  'select_receipt',
  `select ${columns} from messages{day $2} where corp_id = $1 and id = $2`,
);

/** Parses the user ids of a row, in the order of the send. */
export function parseRecipientsOf([, , , , , recipients]: Readonly<MessageRow>): readonly number[] {
  return parseRecipients(recipients);
}

const selectReceiptsBefore = sql<[id: number, ...ReceiptRow]>(
  'select_receipts_before',
  `select id, ${columns} from messages where corp_id = $1 and id < $2 order by id desc limit $3`,
);

/** A message's row, with the columns that paging needs. */
export type NumberedRow = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly row: Readonly<ReceiptRow>;
};

/** Reads rows of messages with numbers below `before`, the newest first. */
export function* readReceiptsBefore(corpId: number, before: number, limit: number): Work<readonly NumberedRow[]> {
  const rows = yield* queryRows(selectReceiptsBefore, corpId, before, limit);
  return rows.map(([messageId, ...row]) => {
    const [, , sentAt] = row;
    return { messageId, sentAt, row };
  });
}

/** A row of `selectReceipts`: a message, or only the versions. The columns of the other kind are null. */
type MessageOrVersions = [...ReceiptRow, id: number | null, directory: number | null, people: number | null];

// One row has the versions. Measured: as columns of each row they cost a tenth of a readStatus. A statement of their own
// would add a bind and an execute to every query.
const selectReceipts = sqlAmong<MessageOrVersions>(
  'select_receipts',
  `select ${columns}, id, null as directory, null as people from messages{day $2}
   where corp_id = $1 and id {among $2}
   union all
   select null, null, null, null, null, null, null, null, null, ${directoryVersionColumn}, ${peopleVersionColumn}`,
);

/** Rows of messages by number, with the versions of the directory and of the people when they were read. */
type ReceiptsWithVersions = {
  readonly rows: ReadonlyMap<number, Readonly<MessageRow>>;
  readonly directory: number;
  readonly people: number;
};

/**
 * Reads rows of messages by number, with one statement for the messages of one day. Unknown messages are missing. For a
 * shared database.
 */
export async function readReceiptsWithVersions(
  driver: Driver,
  corpId: number,
  messageIds: readonly number[],
): Promise<ReceiptsWithVersions> {
  const rows = new Map<number, Readonly<MessageRow>>();
  let directory = 0;
  let people = 0;
  for (const row of await queryAmong(driver, selectReceipts, corpId, messageIds)) {
    const [, , , , , , , , messageId, directoryVersion, peopleVersion] = row;
    if (messageId !== null) rows.set(messageId, row);
    directory = Math.max(directory, directoryVersion ?? 0);
    people = Math.max(people, peopleVersion ?? 0);
  }
  return { rows, directory, people };
}

/**
 * Converts a row of `selectReceipt` to a receipt. Returns undefined if a recipient is missing from `people`.
 */
export function toReceipt(
  corpId: number,
  messageId: number,
  [robotId, kind, sentAt, state, recalledAt, recipients, reads, conversationId]: Readonly<MessageRow>,
  people: { get(id: number): Person | undefined },
): Receipt | undefined {
  const deliveries: Delivery[] = [];
  const ids = parseRecipients(recipients);
  for (let position = 0; position < ids.length; position++) {
    const user = people.get(ids[position] ?? 0);
    if (user === undefined) return undefined;
    deliveries.push({ user, readAt: parseReadAt(reads, position, sentAt) });
  }
  const name = messageStates[state] ?? 'queued';
  return { corpId, messageId, robotId, kind, sentAt, state: name, recalledAt, conversationId, deliveries };
}
