import { wireError } from '../wire/errors.ts';

/** A cursor of a list that is ordered by one number. */
const single = /^([1-9]\d{0,14})$/;

/** Writes a cursor: where the next page continues, as numbers after an optional word for the kind of the list. Opaque to callers. */
export function formatCursor(...parts: readonly (string | number)[]): string {
  return parts.join('-');
}

/**
 * Returns the numbers of a cursor. Throws `huizhi.badRequest` for a cursor that was not issued for this list.
 *
 * @param form the cursors of the list, with a group for each number
 */
export function parseCursor(cursor: string, form: RegExp): readonly number[] {
  const numbers = form.exec(cursor)?.flatMap((text, group) => (group === 0 || text === undefined ? [] : Number(text)));
  if (numbers?.every(Number.isSafeInteger)) return numbers;
  throw badCursor(cursor);
}

/** The error for a cursor that was not issued for a list. */
export function badCursor(cursor: string) {
  return wireError('huizhi.badRequest', { why: `bad cursor ${cursor}`, fill: { reason: 'cursor is not one of ours' } });
}

/** Returns the number before which a list continues, newest first; without a cursor it begins before every number. */
export function parsePlace(cursor: string | undefined): number {
  const [place = Number.MAX_SAFE_INTEGER] = cursor === undefined ? [] : parseCursor(cursor, single);
  return place;
}
