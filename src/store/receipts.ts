import { type ReadManner, readManners } from './model.ts';

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
