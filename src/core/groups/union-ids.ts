import type { Person } from '../../store/model.ts';
import type { Context } from '../context.ts';

/** Reads the unionIds of people, by number. Users have none yet, so the result is empty. */
export async function readUnionIds(
  _context: Context,
  _corpId: number,
  _people: readonly Person[],
): Promise<ReadonlyMap<number, string>> {
  return new Map();
}
