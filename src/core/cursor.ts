import { wireError } from '../wire/errors.ts';

/** The format of cursors of a list that is sorted by one number. */
const single = /^([1-9]\d{0,14})$/;

/**
 * Formats a cursor: the position of the next page, as numbers after an optional word for the kind of list. Opaque to
 * callers.
 */
export function formatCursor(...parts: readonly (string | number)[]): string {
  return parts.join('-');
}

/**
 * Parses a cursor and returns its numbers. Throws `huizhi.badRequest` if it was not issued for this list.
 *
 * @param form matches the cursors of the list, with a group for each number
 */
export function parseCursor(cursor: string, form: RegExp): readonly number[] {
  const numbers = form.exec(cursor)?.flatMap((text, group) => (group === 0 || text === undefined ? [] : Number(text)));
  if (numbers?.every(Number.isSafeInteger)) return numbers;
  throw badCursor(cursor);
}

/** Returns the error `huizhi.badRequest` for a cursor that was not issued for a list. */
export function badCursor(cursor: string) {
  return wireError('huizhi.badRequest', {
    why: `bad cursor ${cursor}`,
    fill: { reason: 'cursor was not issued by this server' },
  });
}

/**
 * Parses the cursor of a list that is sorted newest first. Returns the number below which to continue; without a cursor
 * the largest number.
 */
export function parseNumberCursor(cursor: string | undefined): number {
  const [number = Number.MAX_SAFE_INTEGER] = cursor === undefined ? [] : parseCursor(cursor, single);
  return number;
}
