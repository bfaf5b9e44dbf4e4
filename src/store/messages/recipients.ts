/** The recipients of a send, by their codes. */
import { maxExactRows, padKeys } from '../engine/rows.ts';
import { placeholders, queryList, sqlList, type Work } from '../engine/sql.ts';

const selectUsersWithBlocks = sqlList<[id: number, code: string, robotId: number | null]>(
  'select_users_with_blocks',
  (count) =>
    `select u.id, u.code, b.robot_id from users u left join blocks b on b.corp_id = u.corp_id and b.user_id = u.id
     where u.corp_id = $1 and u.code in (${placeholders(2, count)}) and u.left_at is null`,
);

/** A current user, with the numbers of the robots that the user has blocked. */
export type Recipient = { readonly id: number; readonly code: string; readonly blocks: readonly number[] };

/** The users with a list of codes, in its order; undefined where no current user has the code. */
export type Recipients = readonly (Recipient | undefined)[];

const noBlocks: readonly number[] = [];

/** Finds the current users of an organization with these codes. */
export function* findRecipients(corpId: number, codes: readonly string[]): Work<Recipients> {
  const found = new Array<Recipient | undefined>(codes.length).fill(undefined);
  if (codes.length === 0) return found;
  const { keys, positionOf } = indexCodes(codes);
  for (const [id, code, robotId] of yield* queryList(selectUsersWithBlocks(keys.length), [corpId, ...keys])) {
    const at = positionOf(code);
    const blocks = robotId === null ? noBlocks : [...(found[at]?.blocks ?? noBlocks), robotId];
    found[at] = { id, code, blocks };
  }
  // The other positions of codes that occur more than once.
  return found.map((user, i) => user ?? found[positionOf(codes[i] ?? '')]);
}

/**
 * Returns the keys of the statement, and a function that finds the first position of a code.
 *
 * Measured: for the codes of a full send, `indexOf` takes 4 us, and a `Map` 18 us, since V8 hashes each text.
 */
function indexCodes(codes: readonly string[]) {
  if (codes.length <= maxExactRows) return { keys: codes, positionOf: (code: string) => codes.indexOf(code) };
  const positions = new Map<string, number>();
  codes.forEach((code, i) => {
    if (!positions.has(code)) positions.set(code, i);
  });
  const distinct = [...positions.keys()];
  const keys = distinct.length > maxExactRows ? padKeys(distinct) : distinct;
  return { keys, positionOf: (code: string) => positions.get(code) ?? -1 };
}
